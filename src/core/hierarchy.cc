#include "core/hierarchy.h"

#include <algorithm>
#include <set>

namespace holdfast::core {

namespace {

/// Every resource that is joined to `start` by dependencies, in either direction.
std::set<ResourceName> joined_to(const ResourceName& start, const ClusterConfig& config,
                                 const std::map<ResourceName, std::vector<ResourceName>>& dependents) {
  std::set<ResourceName> found{start};
  std::vector<ResourceName> open{start};
  const auto visit = [&](const ResourceName& name) {
    if (config.resources.contains(name) && found.insert(name).second) open.push_back(name);
  };
  while (!open.empty()) {
    const ResourceName name = open.back();
    open.pop_back();
    for (const ResourceName& below : config.resources.at(name).depends_on) visit(below);
    if (const auto above = dependents.find(name); above != dependents.end())
      for (const ResourceName& a : above->second) visit(a);
  }
  return found;
}

/// Puts `name` behind all that it depends on. `placed` also stops at cycles.
void place(const ResourceName& name, const ClusterConfig& config, std::set<ResourceName>& placed,
           std::vector<ResourceName>& order) {
  const auto resource = config.resources.find(name);
  if (resource == config.resources.end() || !placed.insert(name).second) return;
  for (const ResourceName& below : resource->second.depends_on) place(below, config, placed, order);
  order.push_back(name);
}

}  // namespace

Hierarchies hierarchies_of(const ClusterConfig& config) {
  Hierarchies result;
  for (const auto& [name, resource] : config.resources)
    for (const ResourceName& below : resource.depends_on) result.dependents[below].push_back(name);

  for (const auto& [name, resource] : config.resources) {
    if (result.of.contains(name)) continue;
    Hierarchy hierarchy;
    hierarchy.key = name;
    std::set<ResourceName> placed;
    for (const ResourceName& member : joined_to(name, config, result.dependents)) {
      result.of[member] = result.all.size();
      place(member, config, placed, hierarchy.resources);
      if (hierarchy.name.empty() && !result.dependents.contains(member)) hierarchy.name = member.value;
    }
    if (hierarchy.name.empty()) hierarchy.name = name.value;
    result.all.push_back(std::move(hierarchy));
  }
  return result;
}

std::vector<ResourceName> with_dependencies(const ClusterConfig& config, const ResourceName& resource) {
  std::set<ResourceName> placed;
  std::vector<ResourceName> order;
  place(resource, config, placed, order);
  return order;
}

std::vector<ResourceName> with_all_below(const ClusterConfig& config, const std::vector<ResourceName>& some) {
  std::set<ResourceName> placed;
  std::vector<ResourceName> order;
  for (const ResourceName& resource : some) place(resource, config, placed, order);
  return order;
}

std::vector<ResourceName> with_dependents(const ClusterConfig& config, const Hierarchies& hierarchies,
                                          const ResourceName& resource) {
  std::set<ResourceName> above{resource};
  const auto index = hierarchies.of.find(resource);
  if (index == hierarchies.of.end()) return {};
  std::vector<ResourceName> result;
  // Start order: whatever depends on something above stands behind it.
  for (const ResourceName& name : hierarchies.all[index->second].resources) {
    const auto& below = config.resources.at(name).depends_on;
    if (name == resource || std::any_of(below.begin(), below.end(), [&](const auto& b) { return above.contains(b); })) {
      above.insert(name);
      result.push_back(name);
    }
  }
  return result;
}

}  // namespace holdfast::core
