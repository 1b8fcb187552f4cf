// What operators ask: accepted or refused with a reason (O2), followed, and answered once (S4).
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// Takes a request up: changes intents, or answers at once (done already, or refused).
void accept(ClusterState& state, const Request& request, Outcome& outcome);

/// O4, O5: what was in maintenance when its node was told to leave stops there when the maintenance ends.
void go_on_leaving(ClusterState& state, Outcome& outcome);

/// Answers every pending request of this hierarchy whose end is known.
void follow_up(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome);

/// The same for requests about a node (O4). True if a node that was to leave stays.
bool follow_up_nodes(ClusterState& state, Outcome& outcome);

}  // namespace holdfast::core
