#include <algorithm>

#include "simulate/present.h"

namespace holdfast::simulate {

namespace {

/// What our agents need on an idle machine, for operations that this cluster has not done yet.
Span usual(const ResourceConfig& resource, OperationKind kind) {
  const bool address = resource.agent == "ip";
  const Micros start = address ? Micros{6000} : Micros{50000};
  const Micros stop = address ? Micros{2000} : Micros{20000};
  const Micros time = kind == OperationKind::start ? start : kind == OperationKind::stop ? stop : start + stop;
  return {time, time, 0};
}

Span span_of(std::vector<std::uint64_t> millis) {
  std::sort(millis.begin(), millis.end());
  static constexpr std::uint64_t longest = 86'400'000;
  const auto micros = [](std::uint64_t ms) { return Micros{static_cast<std::int64_t>(std::min(ms, longest)) * 1000}; };
  return {std::max(Micros{500}, micros(millis[millis.size() / 2])), std::max(Micros{1000}, micros(millis.back())),
          millis.size()};
}

}  // namespace

Durations::Durations(const ClusterConfig& config, const std::vector<MeasuredTimes>& measured) {
  std::map<std::pair<ResourceName, OperationKind>, std::vector<std::uint64_t>> all;
  for (const MeasuredTimes& m : measured) {
    std::vector<std::uint64_t>& pool = all[{m.resource, m.kind}];
    pool.insert(pool.end(), m.millis.begin(), m.millis.end());
  }
  for (const auto& [name, resource] : config.resources) {
    const auto span = [&all, &name = name, &resource = resource](OperationKind kind) {
      const auto found = all.find({name, kind});
      return found == all.end() || found->second.empty() ? usual(resource, kind) : span_of(found->second);
    };
    of_[name] = {span(OperationKind::start), span(OperationKind::stop), span(OperationKind::recover)};
  }
}

Span Durations::of(const ResourceName& resource, OperationKind kind) const {
  const auto found = of_.find(resource);
  if (found == of_.end()) return {};
  if (kind == OperationKind::start) return found->second.start;
  return kind == OperationKind::stop ? found->second.stop : found->second.recover;
}

std::size_t Durations::without_measurement() const {
  return static_cast<std::size_t>(std::count_if(of_.begin(), of_.end(), [](const auto& entry) {
    return entry.second.start.samples == 0 && entry.second.stop.samples == 0 && entry.second.recover.samples == 0;
  }));
}

/// Measured: the engine's view changes after 2.07 to 2.21 tokens (engine.md, 2.2), the sync takes some milliseconds.
Micros detection_time(const ClusterConfig& config, Case which) {
  const Micros token = config.detection.token;
  return which == Case::worst ? token * 23 / 10 + Micros{50000} : token * 214 / 100 + Micros{5000};
}

Micros notice_time(const ResourceConfig& resource, Case which) {
  if (resource.agent == "process" || resource.agent == "ip")
    return which == Case::worst ? Micros{100000} : Micros{20000};
  const Micros interval = resource.monitor_interval;
  return which == Case::worst ? interval + Micros{resource.timeouts.monitor} : interval / 2;
}

}  // namespace holdfast::simulate
