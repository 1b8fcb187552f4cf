// What really runs on the simulated machines, whatever a daemon believes: services, and the agents' processes that
// start, stop and look at them. A service outlives its daemon, and dies with its machine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "model/config.h"
#include "ports/agent_runner.h"
#include "sim/network.h"
#include "sim/scheduler.h"

namespace holdfast::sim {

/// How long the simulated agent of a resource needs.
struct SimTimes {
  Micros start{50000};
  Micros stop{20000};
  Micros recover{70000};
  Micros monitor{5000};
};

/// What an agent will answer on one node to one kind of operation.
struct Behaviour {
  enum class Kind : std::uint8_t { succeed, fail, hang };
  Kind kind = Kind::succeed;
  int times = -1;                 ///< so many operations, then it succeeds again; -1: always
  std::optional<Micros> hanging;  ///< ends by itself after this; none: never
};

/// Hears what agents do and what runs, at the moment it is so.
class ServiceObserver {
 public:
  virtual ~ServiceObserver() = default;
  virtual void on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) = 0;
  virtual void on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                                const OperationResult& result) = 0;
  /// `why`: started, stopped, died, power off.
  virtual void on_running(NodeId node, const ResourceName& resource, bool running, const char* why) = 0;
};

class Services {
 public:
  /// `network` and `config` must outlive it.
  Services(Scheduler& scheduler, const Network& network, const ClusterConfig& config,
           std::map<ResourceName, SimTimes> times, std::uint64_t seed);

  ServiceObserver* observer = nullptr;
  /// True where an address of this node is answered for (powered and awake); set by the world.
  std::function<bool(NodeId)> answers_network;

  /// The machine got power: nothing runs, no agent.
  void power_on(NodeId node);
  void power_off(NodeId node);
  /// Agents stand still with their machine.
  void pause(NodeId node) { scheduler_.pause(*machine(node).owner); }
  void resume(NodeId node) { scheduler_.resume(*machine(node).owner); }

  bool running(NodeId node, const ResourceName& resource) const;
  std::vector<NodeId> where(const ResourceName& resource) const;
  void behave(NodeId node, const ResourceName& resource, OperationKind kind, Behaviour behaviour);
  void die(NodeId node, const ResourceName& resource);
  /// Somebody starts it by hand, or the operating system does (R6).
  void appear(NodeId node, const ResourceName& resource);
  /// It runs there since before the simulation began.
  void place(NodeId node, const ResourceName& resource) { set_running(node, resource, true, "ran before"); }

  const ResourceConfig& config_of(const ResourceName& name) const { return config_.resources.at(name); }

  using Done = std::function<void(OperationResult)>;
  /// An agent's process. `done` is called when it ends; cancel() kills it before.
  std::uint64_t begin(NodeId node, const ResourceName& name, OperationKind kind, Done done);
  void cancel(NodeId node, std::uint64_t process);
  /// The start, stop or recovery under way on the resource, of whichever life of the daemon; none if there is none.
  std::optional<std::uint64_t> operation_on(NodeId node, const ResourceName& resource) const;

  /// Called when a service died whose agent sees it at once (K7, K1); one per node, the daemon's.
  void set_death_watch(NodeId node, std::function<void(const ResourceName&)> call);

 private:
  struct Machine {
    std::unique_ptr<Owner> owner;
    std::map<ResourceName, bool> running;
    std::map<std::pair<ResourceName, OperationKind>, Behaviour> behaviours;
    std::map<std::uint64_t, Scheduler::Ticket> processes;
    std::map<ResourceName, std::uint64_t> operations;  ///< starts, stops and recoveries under way
    std::function<void(const ResourceName&)> death_watch;
  };
  Machine& machine(NodeId n) { return machines_[n.value - 1]; }
  const Machine& machine(NodeId n) const { return machines_[n.value - 1]; }
  static void forget(Machine& machine, std::uint64_t process);
  Behaviour next_behaviour(NodeId node, const ResourceName& resource, OperationKind kind);
  OperationResult carry_out(NodeId node, const ResourceConfig& resource, OperationKind kind);
  OperationResult start(NodeId node, const ResourceConfig& resource);
  OperationResult look(NodeId node, const ResourceName& resource) const;
  Micros duration(const ResourceConfig& resource, OperationKind kind) const;
  void set_running(NodeId node, const ResourceName& resource, bool running, const char* why);

  Scheduler& scheduler_;
  const Network& network_;
  const ClusterConfig& config_;
  std::map<ResourceName, SimTimes> times_;
  Random random_;
  std::vector<Machine> machines_;
  std::vector<std::unique_ptr<Owner>> ended_;  ///< scheduled events may still name them
  std::uint64_t processes_ = 0;
};

}  // namespace holdfast::sim
