// Node failure: who takes over what the lost node ran (N1 to N5, N7).
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// Whether findings that do not change the state are said: at a new view, a timer or a request, not at every fact.
enum class Tell : std::uint8_t { changes_only, everything };

/// Gives a hierarchy whose home is gone to the highest-priority live node (N2, N4). No stop comes of it (N3).
void take_over(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

/// O1, B3: a hierarchy whose takeover did not succeed, and that runs nowhere, comes up again on the node that it was
/// taken from, when that node is back: what was in service there comes up, since it neither runs elsewhere nor moved.
void give_back(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome);

}  // namespace holdfast::core
