// Node failure: who takes over what the lost node ran (N1 to N5, N7), and what an in-service resource without an intent
// means (R5, R6).
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// Whether findings that do not change the state are said: at a new view, a timer or a request, not at every fact.
enum class Tell : std::uint8_t { changes_only, everything };

/// Lets the intents of a hierarchy follow what is true: what runs on one node only is wanted there (R5, R6), what runs
/// on several is reported and left (B4).
void follow_facts(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

/// Moves the intents that point to failed nodes to the highest-priority live node (N2, N4). No stop comes of it (N3).
void take_over(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome);

}  // namespace holdfast::core
