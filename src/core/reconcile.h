// Wanted against actual: which operation of a hierarchy runs now (R2, G6's order, N3).
#pragma once

#include "core/node_failure.h"
#include "model/state.h"

namespace holdfast::core {

/// Forgets the orders to stop that are carried out, or that nobody can carry out any more.
void drop_done_stops(ClusterState& state, const Hierarchy& hierarchy);

/// Emits every start and stop that may run now, and marks it in the state, so that it is emitted once.
void reconcile(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

}  // namespace holdfast::core
