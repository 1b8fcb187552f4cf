#include "core/placement.h"

#include "base/format.h"
#include "core/knowledge.h"
#include "core/quorum.h"

namespace holdfast::core {

namespace {

std::vector<const ResourceConfig*> configured(const ClusterState& state, const std::vector<ResourceName>& names) {
  std::vector<const ResourceConfig*> result;
  for (const ResourceName& name : names)
    if (const auto r = state.config->resources.find(name); r != state.config->resources.end())
      result.push_back(&r->second);
  return result;
}

std::string why_not(const ClusterState& state, NodeId node, const std::vector<const ResourceConfig*>& resources) {
  for (const ResourceConfig* resource : resources)
    if (!runs_on(*resource, node)) return format("{} is not configured to run there", resource->name.value);
  if (!is_member(state, node)) return words(standing_of(state, node));
  if (is_leaving(state, node)) return "it is leaving";
  if (in_maintenance(state, node)) return "it is in maintenance";
  if (quorum_of(state, node) != Verdict::yes) return why_no_quorum(state, node);
  return {};
}

}  // namespace

std::string why_not(const ClusterState& state, NodeId node, const std::vector<ResourceName>& resources) {
  return why_not(state, node, configured(state, resources));
}

Placement choose_node(const ClusterState& state, const std::vector<ResourceName>& names, std::optional<NodeId> must,
                      const std::set<NodeId>& tried) {
  Placement placement;
  const std::vector<const ResourceConfig*> resources = configured(state, names);
  if (resources.empty()) return placement;
  std::string lower;
  for (const NodeId node : resources.front()->nodes) {
    std::string why = why_not(state, node, resources);
    if (why.empty() && must && *must != node)
      why = format("the rest of the hierarchy is on {}", state.config->name_of(*must));
    if (why.empty() && tried.contains(node)) why = "it failed there";
    if (why.empty() && placement.node) why = lower;
    if (why.empty()) {
      placement.node = node;
      lower = format("lower priority than {}", state.config->name_of(node));
    } else {
      placement.rejected.push_back({node, std::move(why)});
    }
  }
  return placement;
}

}  // namespace holdfast::core
