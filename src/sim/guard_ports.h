// The guards of one life of one node's daemon, simulated.
#pragma once

#include <map>
#include <memory>

#include "ports/fence.h"
#include "ports/reset.h"
#include "ports/witness.h"
#include "sim/scheduler.h"
#include "sim/surroundings.h"

namespace holdfast::sim {

/// What a daemon may do to machines, its own and others.
struct Power {
  std::function<void(NodeId)> switch_off;  ///< by a fence agent
  std::function<bool(NodeId)> is_on;
  std::function<void(NodeId, ResetHow)> reset;  ///< of the own machine
};

class SimWitness final : public Witness {
 public:
  SimWitness(Scheduler& scheduler, Owner& owner, SimGuards& guards, NodeId self)
      : scheduler_(scheduler), owner_(owner), guards_(guards), self_(self) {}
  /// Who is asked.
  QuorumKind kind = QuorumKind::none;

  void ask(const std::vector<NodeId>&, std::function<void(WitnessAnswer)> done) override {
    scheduler_.after(guards_.answer_time(self_, kind), &owner_,
                     [this, asked = kind, done = std::move(done)] { done(guards_.ask(self_, asked)); });
  }
  void watch(std::function<void()>) override {}  // it is asked often enough

 private:
  Scheduler& scheduler_;
  Owner& owner_;
  SimGuards& guards_;
  NodeId self_;
};

/// Agents that do what the power switch of the target does.
class SimFence final : public Fence {
 public:
  SimFence(Scheduler& scheduler, Owner& owner, SimGuards& guards, Power power, NodeId self)
      : scheduler_(scheduler), owner_(owner), guards_(guards), power_(std::move(power)), self_(self) {}
  void fence(const FenceOrder& order, std::function<void(FenceResult)> done) override;
  void cancel(NodeId target) override;

 private:
  struct Job {
    FenceOrder order;
    std::function<void(FenceResult)> done;
    bool over = false;
  };
  void run(const std::shared_ptr<Job>& job);
  void end(const std::shared_ptr<Job>& job, FenceVerdict verdict, const std::string& text);

  Scheduler& scheduler_;
  Owner& owner_;
  SimGuards& guards_;
  Power power_;
  NodeId self_;
  std::map<NodeId, std::shared_ptr<Job>> jobs_;
};

class SimReset final : public Reset {
 public:
  SimReset(Scheduler& scheduler, Power power, NodeId self)
      : scheduler_(scheduler), power_(std::move(power)), self_(self) {}
  /// At this very moment, but not in the middle of the daemon's own call.
  std::string reset(ResetHow how) override {
    scheduler_.after(Micros{0}, nullptr, [power = power_, self = self_, how] { power.reset(self, how); });
    return {};
  }

 private:
  Scheduler& scheduler_;
  Power power_;
  NodeId self_;
};

}  // namespace holdfast::sim
