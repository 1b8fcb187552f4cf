// One daemon's runner of simulated agents. It dies with its daemon; what it began goes on (sim/services.h).
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "ports/agent_runner.h"
#include "sim/scheduler.h"
#include "sim/services.h"

namespace holdfast::sim {

class SimAgentRunner final : public AgentRunner {
 public:
  SimAgentRunner(Scheduler& scheduler, Owner& owner, Services& services, NodeId node, std::uint64_t seed);
  ~SimAgentRunner() override;
  SimAgentRunner(const SimAgentRunner&) = delete;
  SimAgentRunner& operator=(const SimAgentRunner&) = delete;

  void run(const ResourceConfig& resource, OperationKind kind, std::function<void(OperationResult)> done) override;
  /// No agent here looks at anything: all are ready.
  void ask_ready(const ResourceConfig& resource, std::function<void(Readiness)> done) override;
  void watch(const ResourceConfig& resource,
             std::function<void(ResourceState observed, std::string why)> changed) override;
  void unwatch(const ResourceName& resource) override { watched_.erase(resource); }

  /// Operations under way that are no monitors.
  int busy() const { return busy_; }

 private:
  struct Run;
  void begin(const std::shared_ptr<Run>& run, Instant patience_ends);
  void finish(const std::shared_ptr<Run>& run, const OperationResult& result);
  void time_out(const std::shared_ptr<Run>& run);
  void died(const ResourceName& resource);

  Scheduler& scheduler_;
  Owner& owner_;
  Services& services_;
  NodeId node_;
  Random random_;
  int busy_ = 0;
  std::map<ResourceName, std::function<void(ResourceState, std::string)>> watched_;
};

}  // namespace holdfast::sim
