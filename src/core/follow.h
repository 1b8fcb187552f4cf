// What is true comes before what was wanted: a running service is adopted (R5, R6), one that runs twice is told or
// stopped on one side (B4, B5).
#pragma once

#include "core/node_failure.h"
#include "model/state.h"

namespace holdfast::core {

/// Lets the intent of a hierarchy follow what is in service.
void follow_facts(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

}  // namespace holdfast::core
