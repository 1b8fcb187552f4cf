// What must hold whatever happens. A broken one is a defect of ours: the core freezes (services go on, decisions stop)
// and says so, and never asserts, because the same event would end the daemon of every node at once.
#pragma once

#include <string>
#include <vector>

#include "model/state.h"

namespace holdfast::core {

/// What is wrong with the state of one hierarchy, one line each; empty if nothing.
std::vector<std::string> broken_in(const ClusterState& state, const Hierarchy& hierarchy);

/// What is wrong with the operations of an outcome, seen from the state after it: a start above something that does not
/// run or beside another holder, a stop below something that runs.
std::vector<std::string> broken_in(const ClusterState& state, const Outcome& outcome);

}  // namespace holdfast::core
