#include "sim/random/in_force.h"

#include <algorithm>

#include "core/hierarchy.h"

namespace holdfast::sim {

InForce::InForce(const ClusterConfig& at_first)
    : at_first_{std::make_shared<const ClusterConfig>(at_first),
                std::make_shared<const Hierarchies>(core::hierarchies_of(at_first))} {}

bool InForce::on_step(NodeId node, const ClusterState& state) {
  Structure& known = nodes_[node];
  if (known.config == state.config) return false;
  known = {state.config, state.hierarchies};
  return true;
}

const Structure& InForce::of(NodeId node) const {
  const auto known = nodes_.find(node);
  return known == nodes_.end() ? at_first_ : known->second;
}

const std::vector<ResourceName>& joined_to(const ResourceName& resource, const Hierarchies& hierarchies) {
  static const std::vector<ResourceName> nothing;
  const auto of = hierarchies.of.find(resource);
  return of == hierarchies.of.end() ? nothing : hierarchies.all[of->second].resources;
}

void HierarchyMarks::mark(const ResourceName& resource, const Hierarchies& hierarchies) {
  const std::vector<ResourceName>& joined = joined_to(resource, hierarchies);
  resources_.insert(joined.begin(), joined.end());
  resources_.insert(resource);  // maybe nobody's yet: it comes by an apply that was asked for before (O7)
}

bool HierarchyMarks::contain(const ResourceName& resource, const Hierarchies& hierarchies) const {
  const std::vector<ResourceName>& joined = joined_to(resource, hierarchies);
  return std::any_of(joined.begin(), joined.end(), [&](const ResourceName& name) { return resources_.contains(name); });
}

}  // namespace holdfast::sim
