// What must not happen too often, too early or at the wrong time: moves (F7), local recoveries (F6), fencing (G5),
// switchback (O3), starts without quorum (G2), anything in maintenance (O5). Counted from what is ordered, by the
// cluster's time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/hierarchy.h"
#include "model/state.h"

namespace holdfast::sim {

class Limits {
 public:
  explicit Limits(const Hierarchies& hierarchies) : hierarchies_(hierarchies) {}

  void on_request(const Request& request);
  /// One step of `node`; what it broke, or nothing. `now`: simulated time.
  std::optional<std::string> on_step(NodeId node, Instant now, const Event& event, const Outcome& outcome,
                                     const ClusterState& state);

 private:
  using Broken = std::optional<std::string>;

  void forget(NodeId node, const ViewSynced& view);
  Broken check_operation(const RunOperation& action, const Outcome& outcome, const ClusterState& state);
  Broken check_recovery(const RunOperation& action, const ClusterState& state);
  Broken check_maintenance(const RunOperation& action, const Outcome& outcome, const ClusterState& state) const;
  Broken check_decision(const Decision& decision, Instant now, const ClusterState& state);
  Broken check_fencing(NodeId target, const ClusterState& state);
  bool asked_for(std::size_t hierarchy, const Outcome& outcome, const ClusterState& state) const;

  const Hierarchies& hierarchies_;
  std::map<std::size_t, std::vector<WallTime>> moves_;        ///< by hierarchy, since an operator acted
  std::map<ResourceName, std::vector<WallTime>> recoveries_;  ///< since an operator acted
  std::map<NodeId, WallTime> fenced_;                         ///< when last
  std::map<NodeId, std::set<NodeId>> members_;                ///< of each node's last view
  std::map<NodeId, Instant> view_since_;
};

}  // namespace holdfast::sim
