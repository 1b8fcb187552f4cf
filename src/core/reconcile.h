// Wanted against actual: which operation of a hierarchy runs now (R2, G6's order, N3).
#pragma once

#include "core/node_failure.h"
#include "model/state.h"

namespace holdfast::core {

/// Emits every start and stop that may run now, and marks it in the state, so that it is emitted once.
void reconcile(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

}  // namespace holdfast::core
