// Small and random clusters to simulate.
#pragma once

#include "base/random.h"
#include "simulate/fault.h"
#include "simulate/present.h"

namespace holdfast::test {

/// alpha, beta, gamma with two links; web on web-ip (all nodes), db (beta, gamma).
ClusterConfig three_nodes();

simulate::Present present_of(const ClusterConfig& config);

/// 3 to 6 nodes, 1 to 5 hierarchies of up to 4 resources with random nodes; no guards.
ClusterConfig random_cluster(Random& random);

}  // namespace holdfast::test
