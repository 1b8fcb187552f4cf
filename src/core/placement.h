// Which node takes a hierarchy, and why not the others (N4, V3).
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "model/state.h"

namespace holdfast::core {

struct Placement {
  std::optional<NodeId> node;      ///< none: nobody can
  std::vector<Rejected> rejected;  ///< every other configured node of these resources, in priority order
};

/// The highest-priority live node that may run all of `resources` (N4: one hierarchy goes to one node). The priority
/// order is that of the first resource's nodes. `must` narrows the choice to one node; `tried` are nodes where it
/// failed.
Placement choose_node(const ClusterState& state, const std::vector<ResourceName>& resources,
                      std::optional<NodeId> must = std::nullopt, const std::set<NodeId>& tried = {});

/// Why `node` cannot take `resources` now; empty if it can.
std::string why_not(const ClusterState& state, NodeId node, const std::vector<ResourceName>& resources);

}  // namespace holdfast::core
