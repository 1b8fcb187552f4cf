#include "runtime/durations.h"

#include <algorithm>

namespace holdfast::runtime {

namespace {

bool ended_well(OperationKind kind, ResourceState state) {
  return state == (kind == OperationKind::stop ? ResourceState::out_of_service : ResourceState::in_service);
}

}  // namespace

void Durations::take(Instant now, const Event& event, const Outcome& outcome) {
  if (std::holds_alternative<ViewSynced>(event)) under_way_.clear();  // what it costs to agree is not the operation's
  if (const auto* change = std::get_if<ResourceChanged>(&event)) {
    const auto begun = under_way_.find({change->node, change->resource});
    if (begun != under_way_.end() && change->fact.operation == begun->second.id) {
      const UnderWay& operation = begun->second;
      if (ended_well(operation.kind, change->fact.state)) {
        auto& times = millis_[{change->node, change->resource, operation.kind}];
        times.push_back(static_cast<std::uint64_t>(std::max<std::int64_t>(0, (now - operation.begun).count() / 1000)));
        if (times.size() > kept) times.pop_front();
        ++count_;
      }
      under_way_.erase(begun);
    }
  }
  for (const Action& action : outcome.actions)
    if (const auto* run = std::get_if<RunOperation>(&action))
      under_way_[{run->node, run->resource}] = {run->id, run->kind, now};
}

void Durations::remember(const std::vector<MeasuredTimes>& earlier, const ClusterConfig& config) {
  for (const MeasuredTimes& m : earlier) {
    if (config.node(m.node) == nullptr || !config.resources.contains(m.resource)) continue;
    auto& times = millis_[{m.node, m.resource, m.kind}];
    times.assign(m.millis.end() - static_cast<std::ptrdiff_t>(std::min(m.millis.size(), kept)), m.millis.end());
  }
}

std::vector<MeasuredTimes> Durations::measured() const {
  std::vector<MeasuredTimes> all;
  for (const auto& [key, times] : millis_)
    all.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), {times.begin(), times.end()}});
  return all;
}

}  // namespace holdfast::runtime
