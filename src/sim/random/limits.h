// What must not happen too often, too early or at the wrong time: moves (F7), local recoveries (F6), fencing (G5),
// switchback (O3), starts without quorum (G2), anything in maintenance (O5). Counted from what is ordered, by the
// cluster's time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/hierarchy.h"
#include "model/state.h"

namespace holdfast::sim {

class Limits {
 public:
  explicit Limits(const Hierarchies& hierarchies) : hierarchies_(hierarchies) {}

  /// A daemon that starts knows nothing of what it fenced or moved in its last life.
  void on_start(NodeId node) { seen_.erase(node); }
  /// One step of `node`; what it broke, or nothing. `now`: simulated time.
  std::optional<std::string> on_step(NodeId node, Instant now, const Event& event, const Outcome& outcome,
                                     const ClusterState& state);

 private:
  using Broken = std::optional<std::string>;
  /// What one node saw ordered. Two sides that do not hear each other count each for themselves.
  struct Seen {
    Epoch epoch;         ///< of its view
    Epoch epoch_before;  ///< of the one before
    bool leads = false;  ///< it is the view's leader, whose timers count
    Instant view_since;
    std::map<std::size_t, std::vector<WallTime>> moves;        ///< by hierarchy, since an operator acted
    std::map<ResourceName, std::vector<WallTime>> recoveries;  ///< since an operator acted
    std::map<NodeId, WallTime> fenced;                         ///< when last

    void forget() {
      moves.clear();
      recoveries.clear();
      fenced.clear();
    }
  };

  void begin_anew(Seen& seen, const Request& request) const;
  void note(NodeId node, Seen& seen, Instant now, const Event& event) const;
  Broken check(Seen& seen, const Action& action, const Outcome& outcome, const ClusterState& state) const;
  Broken check_operation(Seen& seen, const RunOperation& action, const Outcome& outcome,
                         const ClusterState& state) const;
  Broken check_recovery(Seen& seen, const RunOperation& action, const ClusterState& state) const;
  Broken check_maintenance(const RunOperation& action, const Outcome& outcome, const ClusterState& state) const;
  Broken check_decision(Seen& seen, const Decision& decision, Instant now, const ClusterState& state) const;
  static Broken check_fencing(Seen& seen, NodeId target, const ClusterState& state);
  bool asked_for(std::size_t hierarchy, const Outcome& outcome, const ClusterState& state) const;

  const Hierarchies& hierarchies_;
  std::map<NodeId, Seen> seen_;
};

}  // namespace holdfast::sim
