// From the callbacks of CPG to an EngineView: pure, so that the sequences that were measured can be tested as such.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "ports/engine.h"

namespace holdfast::corosync {

/// Why a process left the group. Corosync's own numbers: cpg.h, cpg_reason_t.
enum class LeaveReason : std::uint8_t {
  left,            ///< it called leave, or ended in order
  process_died,    ///< its connection broke; also how a corosync that is stopped in order looks
  node_left_ring,  ///< its node is no longer in the ring
};

struct Departure {
  EngineMember member;
  LeaveReason reason = LeaveReason::left;
};

/// Two sources make one view: the group (which daemons) and the ring (which nodes). When a node dies, the group's
/// callback comes first and the ring's some time later; the departure's reason closes that gap, so that a dead node is
/// not for an instant a dead daemon (N1, not N7). Whole member lists only: the joined and left lists differ between
/// nodes, and a node can be in both (engine.md 2.5).
class ViewTracker {
 public:
  struct Update {
    std::optional<EngineView> view;  ///< to be told; none: as it was, or not known as a whole yet
    bool evicted = false;            ///< we are no longer in the group that we had joined: reconnect (trap 18)
  };

  explicit ViewTracker(EngineMember self) : self_(self) {}

  /// The group's members after a change, and who left in it.
  Update group_changed(const std::vector<EngineMember>& members, const std::vector<Departure>& departed);
  /// The ring's nodes after a change.
  Update ring_changed(const std::vector<NodeId>& nodes);

 private:
  Update report();

  EngineMember self_;
  std::vector<EngineMember> daemons_;
  std::set<NodeId> nodes_;
  bool ring_known_ = false;
  EngineView told_;
};

}  // namespace holdfast::corosync
