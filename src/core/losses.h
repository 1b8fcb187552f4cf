// A node is lost: may others take over what it ran? An operator's consent (N6), fencing (G3) within its limit (G5), the
// watchdog's time (G4), the marks of a storage witness (G1).
#pragma once

#include <optional>
#include <string>

#include "core/node_failure.h"
#include "model/state.h"

namespace holdfast::core {

/// Why a failed node may still hold what it ran, as the end of a sentence; empty if all that is configured was done.
std::string why_not_free(const ClusterState& state, NodeId node);

/// G3: the absent node that could run something of this hierarchy and may have taken it over, since it is not confirmed
/// to be off and no quorum keeps it from that; none: there is no such node. What is known of it is of before.
std::optional<NodeId> may_have_taken_over(const ClusterState& state, const Hierarchy& hierarchy);
/// Why such a node may have it, as the end of a sentence.
std::string why_unclear(const ClusterState& state, NodeId node);

/// Does what is due about failed nodes: asks, fences, waits.
void work_on_losses(ClusterState& state, Tell tell, Outcome& outcome);

/// The timers that work_on_losses waits for, set anew in a new view.
void set_loss_timers(const ClusterState& state, Outcome& outcome);

// Their ends.
void end_confirm_timeout(ClusterState& state, NodeId node, Outcome& outcome);
void end_watchdog_time(ClusterState& state, NodeId node, Outcome& outcome);

/// An operator answers for a lost node (N6, G3): empty, or why that means nothing now.
std::string confirm_takeover(ClusterState& state, NodeId node, bool yes, Outcome& outcome);
std::string confirm_off(ClusterState& state, NodeId node, Outcome& outcome);

/// G5: one more node may be fenced or reset now.
bool within_fence_limit(const ClusterState& state, NodeId target);
void record_fence(ClusterState& state, NodeId target);

}  // namespace holdfast::core
