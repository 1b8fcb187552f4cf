// What stands beside the simulated nodes and guards them: witnesses, power switches, watchdogs. (G1 to G4)
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/config.h"
#include "ports/witness.h"
#include "sim/network.h"
#include "sim/scheduler.h"

namespace holdfast::sim {

enum class FenceHealth : std::uint8_t { ok, fail, hang };

/// The outside's own state, and what a node finds when it asks. Time is the scheduler's.
class SimGuards {
 public:
  /// What the guards must know of the machines.
  struct Machines {
    std::function<bool(NodeId)> daemon_lives;         ///< and does not stand still
    std::function<bool(NodeId, NodeId)> in_one_ring;  ///< of the engine
  };

  SimGuards(Scheduler& scheduler, const Network& network, const ClusterConfig& config, Machines machines);

  /// Names of what can be asked: w1, w2, w3 (tcp), storage, qdevice.
  static std::vector<std::string> witness_names(QuorumKind kind);
  /// The cluster has this quorum, and so many nodes, from now on (O7): marks are renewed, or the device decides.
  void use(QuorumKind kind, std::size_t nodes) {
    kind_ = kind;
    nodes_ = nodes;
  }
  void set_witness(const std::string& name, bool up) { down_[name] = !up; }
  void set_power_switch(NodeId outlet, FenceHealth health) { switches_[outlet] = health; }
  void set_watchdog(NodeId node, bool works) { broken_watchdogs_[node] = !works; }

  FenceHealth power_switch(NodeId outlet) const;
  bool watchdog_works(NodeId node) const;
  /// A node that is off the network reaches no witness and no power switch; its storage it does reach.
  bool reaches_network(NodeId node) const { return !network_.isolated(node); }

  WitnessAnswer ask(NodeId node, QuorumKind kind);
  /// How long an answer takes: what is down is waited for.
  Micros answer_time(NodeId node, QuorumKind kind) const;

  /// To be called at every change of the rings, and regularly: marks are renewed, the quorum device decides anew.
  void look();
  bool uses_marks() const { return kind_ == QuorumKind::storage; }
  /// Some node that does not live is still seen to.
  bool marks_grow_old() const;

 private:
  bool is_up(const std::string& name) const;
  WitnessAnswer ask_ports(NodeId node) const;
  WitnessAnswer ask_storage(NodeId node) const;
  WitnessAnswer ask_device(NodeId node);
  std::vector<NodeId> side_of(NodeId node) const;
  void choose_side();

  Scheduler& scheduler_;
  const Network& network_;
  const ClusterConfig& config_;
  Machines machines_;
  QuorumKind kind_;
  std::size_t nodes_;  ///< configured now
  std::map<std::string, bool> down_;
  std::map<NodeId, FenceHealth> switches_;
  std::map<NodeId, bool> broken_watchdogs_;
  std::map<NodeId, Instant> marks_;  ///< when each node renewed its mark last
  std::set<NodeId> chosen_;          ///< the side that has the device's vote
};

}  // namespace holdfast::sim
