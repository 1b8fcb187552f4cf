// Resource failure: recover here, move, or give up (F1 to F7, S5).
#pragma once

#include "core/node_failure.h"
#include "model/state.h"

namespace holdfast::core {

/// Looks at what failed of a hierarchy at its home and does the next thing about it.
void recover_or_move(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

}  // namespace holdfast::core
