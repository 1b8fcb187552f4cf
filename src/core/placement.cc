#include "core/placement.h"

#include "base/format.h"
#include "core/knowledge.h"

namespace holdfast::core {

std::string why_not(const ClusterState& state, NodeId node, const std::vector<ResourceName>& resources) {
  for (const ResourceName& name : resources)
    if (const auto r = state.config->resources.find(name);
        r != state.config->resources.end() && !runs_on(r->second, node))
      return format("{} is not configured to run there", name.value);
  if (!is_member(state, node)) return words(standing_of(state, node));
  return {};
}

Placement choose_node(const ClusterState& state, const std::vector<ResourceName>& resources,
                      std::optional<NodeId> must) {
  Placement placement;
  if (resources.empty()) return placement;
  const auto first = state.config->resources.find(resources.front());
  if (first == state.config->resources.end()) return placement;
  for (const NodeId node : first->second.nodes) {
    std::string why = why_not(state, node, resources);
    if (why.empty() && must && *must != node)
      why = format("the rest of the hierarchy is on {}", state.config->name_of(*must));
    if (why.empty() && placement.node) why = format("lower priority than {}", state.config->name_of(*placement.node));
    if (why.empty())
      placement.node = node;
    else
      placement.rejected.push_back({node, why});
  }
  return placement;
}

}  // namespace holdfast::core
