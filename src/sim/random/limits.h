// What must not happen too often, too early or at the wrong time: moves (F7), local recoveries (F6), fencing (G5),
// switchback (O3), starts without quorum (G2), anything in maintenance (O5). Counted from what is ordered, by the
// cluster's time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/hierarchy.h"
#include "model/state.h"

namespace holdfast::sim {

class Limits {
 public:
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
    Millis switchback_delay;  ///< the shortest that was in force since: one that is running is not set anew
    std::shared_ptr<const Hierarchies> hierarchies;            ///< that it decides by
    std::map<ResourceName, std::vector<WallTime>> moves;       ///< by Hierarchy::key, since an operator acted
    std::map<ResourceName, std::vector<WallTime>> recoveries;  ///< since an operator acted
    std::map<NodeId, WallTime> fenced;                         ///< when last

    void forget() {
      moves.clear();
      recoveries.clear();
      fenced.clear();
    }
  };

  static void begin_anew(Seen& seen, const Request& request);
  static void note_configuration(Seen& seen, const ClusterState& state, bool offered);
  void note(NodeId node, Seen& seen, Instant now, const Event& event) const;
  static Broken check(Seen& seen, const Action& action, const Outcome& outcome, const ClusterState& state);
  static Broken check_operation(Seen& seen, const RunOperation& action, const Outcome& outcome,
                                const ClusterState& state);
  static Broken check_recovery(Seen& seen, const RunOperation& action, const ClusterState& state);
  static Broken check_maintenance(const RunOperation& action, const Outcome& outcome, const ClusterState& state);
  static Broken check_decision(Seen& seen, const Decision& decision, Instant now, const ClusterState& state);
  static Broken check_fencing(Seen& seen, NodeId target, const ClusterState& state);
  static bool asked_for(const ResourceName& resource, const Outcome& outcome, const ClusterState& state);

  std::map<NodeId, Seen> seen_;
};

}  // namespace holdfast::sim
