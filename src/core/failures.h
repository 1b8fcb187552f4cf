// An operation ended badly: a start in either profile (S1 to S4), a stop (F4), or a resource failed while in service.
#pragma once

#include "core/node_failure.h"
#include "model/state.h"

namespace holdfast::core {

/// Called when `node` told a new fact of `resource`; `before` is the fact it replaces. True if it is a failure: what is
/// done about it, or why nothing, is to be told.
bool after_fact(ClusterState& state, NodeId node, const ResourceName& resource, const ResourceFact& before,
                Outcome& outcome);

/// S2: in profile windows a takeover whose start failed is undone, whether the failure was told or came with a view.
void undo_failed_takeover(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

/// F4: members where a stop failed and that are to be reset because of it, are.
void reset_after_stop_failure(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

}  // namespace holdfast::core
