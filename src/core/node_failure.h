// Node failure: who takes over what the lost node ran (N1 to N5, N7).
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// Whether findings that do not change the state are said: at a new view, a timer or a request, not at every fact.
enum class Tell : std::uint8_t { changes_only, everything };

/// Gives a hierarchy whose home is gone to the highest-priority live node (N2, N4). No stop comes of it (N3).
void take_over(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

}  // namespace holdfast::core
