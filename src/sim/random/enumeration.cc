#include "sim/random/enumeration.h"

#include "base/format.h"

namespace holdfast::sim {

namespace {

// Start and stop take long enough for a fault to fall into each of them.
constexpr const char* lower =
    "resource ip agent=ip start_time=400ms stop_time=200ms start_timeout=5s stop_timeout=5s recover_timeout=5s";
constexpr const char* upper =
    "resource db agent=process depends_on=ip start_time=400ms stop_time=200ms start_timeout=5s stop_timeout=5s "
    "recover_timeout=5s monitor=2s";

}  // namespace

Enumeration::Enumeration(std::uint32_t nodes) : nodes_(node_names.begin(), node_names.begin() + nodes) {
  describe_clusters();
  moments_ = {
      {"start db on alpha", "run 200ms"},                                               // the lower one starts
      {"start db on alpha", "run 700ms"},                                               // the upper one starts
      {"start db on alpha", "run until stable"},                                        // at rest
      {"start db on alpha", "run until stable", "switchover db to beta", "run 100ms"},  // it stops here
      {"start db on alpha", "run until stable", "switchover db to beta", "run 900ms"},  // it starts there
  };
  gaps_ = {{"run 50ms"}, {"run until stable"}};
  collect_faults();
  end_ = {"heal all"};
  for (const std::string& node : nodes_) end_.push_back(format("disk {} ok", node));
  end_.emplace_back("run 10s");
  for (const std::string& node : nodes_) end_.push_back(format("boot {}", node));
  end_.emplace_back("run 30s");
  end_.emplace_back("run until stable");
}

void Enumeration::describe_clusters() {
  std::string cluster = "cluster";
  for (const std::string& node : nodes_) cluster += " " + node;
  for (const char* profile : {"linux", "windows"})
    clusters_.push_back({cluster, format("set seed=1 detection=fast profile={}", profile), lower, upper});
  if (nodes_.size() < 3) return;
  clusters_.push_back({cluster, "set seed=1 detection=fast quorum=majority quorum_loss=stop",
                       std::string(lower) + " on_start_failure=next-node",
                       std::string(upper) + " on_start_failure=next-node local_recovery=no"});
}

void Enumeration::collect_faults() {
  for (const std::string& node : nodes_) {
    for (const char* what : {"crash", "boot", "isolate", "kill-daemon", "kill-engine", "stop-node"})
      faults_.push_back(format("{} {}", what, node));
    faults_.push_back(format("pause {} 3s", node));
    faults_.push_back(format("disk {} full", node));
  }
  for (std::size_t a = 0; a < nodes_.size(); ++a)
    for (std::size_t b = a + 1; b < nodes_.size(); ++b) {
      faults_.push_back(format("cut {} {}", nodes_[a], nodes_[b]));
      faults_.push_back(format("cut {} {} link 0", nodes_[a], nodes_[b]));
      faults_.push_back(format("cut {} {} oneway", nodes_[a], nodes_[b]));
      faults_.push_back(format("cut {} {} oneway", nodes_[b], nodes_[a]));
    }
  for (const char* resource : {"ip", "db"})
    for (const char* node : {"alpha", "beta"}) {  // the third node is where nothing fails
      faults_.push_back(format("die {} on {}", resource, node));
      for (const char* operation : {"start", "stop", "monitor", "recover"})
        faults_.push_back(format("fail {} on {} {} times 1", resource, node, operation));
    }
  faults_.emplace_back("heal all");
}

RandomScenario Enumeration::at(std::size_t index) const {
  const auto take = [&](const auto& choices) -> const auto& {
    const auto& chosen = choices[index % choices.size()];
    index /= choices.size();
    return chosen;
  };
  const std::string& second = take(faults_);
  const std::string& first = take(faults_);
  const Lines& gap = take(gaps_);
  const Lines& moment = take(moments_);
  RandomScenario scenario;
  scenario.setup = take(clusters_);
  scenario.middle = moment;
  scenario.middle.push_back(first);
  scenario.middle.insert(scenario.middle.end(), gap.begin(), gap.end());
  scenario.middle.push_back(second);
  scenario.middle.emplace_back("run 5s");
  scenario.end = end_;
  return scenario;
}

}  // namespace holdfast::sim
