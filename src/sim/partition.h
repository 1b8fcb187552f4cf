// Who forms one ring, given who hears whom: the connected component if all in it hear each other; else cliques by a
// deterministic rule, as a connectivity guard would settle it (engine.md 2.6).
#pragma once

#include <functional>
#include <vector>

#include "base/ids.h"

namespace holdfast::sim {

struct Partition {
  std::vector<std::vector<NodeId>> groups;  ///< each ascending
  bool asymmetric = false;                  ///< some component was no clique
};

/// `variant` 0: the greatest clique first, ties to the one with the lowest nodes. Others: what a ring that keeps
/// re-forming passes through; the clique of node number `variant` (modulo) first.
Partition partition_of(const std::vector<NodeId>& nodes, const std::function<bool(NodeId, NodeId)>& connected,
                       std::uint32_t variant);

}  // namespace holdfast::sim
