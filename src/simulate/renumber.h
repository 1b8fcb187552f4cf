// The simulated worlds count their nodes from 1 without gaps; a cluster from which a node was removed does not.
#pragma once

#include "model/simulation.h"

namespace holdfast::simulate {

/// Every node of the configuration gets its place in it as its number, wherever it is named. Nodes that are not
/// configured any more (the writer of an old version) come after them. The order of the numbers stays.
void renumber_nodes(SimulationInput& input);

}  // namespace holdfast::simulate
