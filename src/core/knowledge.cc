#include "core/knowledge.h"

#include <algorithm>

#include "core/hierarchy.h"
#include "core/losses.h"

namespace holdfast::core {

const ResourceFact& fact_of(const ClusterState& state, NodeId node, const ResourceName& resource) {
  static const ResourceFact nothing = [] {
    ResourceFact fact;
    fact.state = ResourceState::out_of_service;
    return fact;
  }();
  const auto n = state.nodes.find(node);
  if (n == state.nodes.end()) return nothing;
  const auto fact = n->second.facts.resources.find(resource);
  return fact == n->second.facts.resources.end() ? nothing : fact->second;
}

const Intent& intent_of(const ClusterState& state, const Hierarchy& hierarchy) {
  static const Intent nothing{};
  const auto intent = state.intents.find(hierarchy.key);
  return intent == state.intents.end() ? nothing : intent->second;
}

const Hierarchy* hierarchy_of(const ClusterState& state, const ResourceName& resource) {
  const auto index = state.hierarchies->of.find(resource);
  return index == state.hierarchies->of.end() ? nullptr : &state.hierarchies->all[index->second];
}

Standing standing_of(const ClusterState& state, NodeId node) {
  const auto n = state.nodes.find(node);
  return n == state.nodes.end() ? Standing::waiting : n->second.standing;
}

bool is_member(const ClusterState& state, NodeId node) { return standing_of(state, node) == Standing::member; }

bool is_gone(const ClusterState& state, NodeId node) {
  return standing_of(state, node) == Standing::failed && why_not_free(state, node).empty();
}

bool may_hold(const ClusterState& state, NodeId node, const ResourceName& resource) {
  const ResourceFact& fact = fact_of(state, node, resource);
  return (holds(fact.state) || fact.may_run || fact.state == ResourceState::unknown) && !is_gone(state, node);
}

std::vector<NodeId> holders(const ClusterState& state, const ResourceName& resource, NodeId except) {
  std::vector<NodeId> result;
  for (const NodeId node : places_of(state, resource))
    if (node != except && may_hold(state, node, resource)) result.push_back(node);
  return result;
}

bool anything_runs(const ClusterState& state, NodeId node, const Hierarchy& hierarchy) {
  return std::any_of(hierarchy.resources.begin(), hierarchy.resources.end(), [&](const ResourceName& name) {
    return holds(fact_of(state, node, name).state) && may_hold(state, node, name);
  });
}

Failure failed_start(const ClusterState& state, const Hierarchy& hierarchy, const ResourceName& name) {
  const Intent& intent = intent_of(state, hierarchy);
  const auto wanted = intent.wanted.find(name);
  const ResourceFact& fact = fact_of(state, *intent.home, name);
  const bool failed = wanted != intent.wanted.end() && fact.state == ResourceState::failed &&
                      is_of_start(fact.failure) && fact.for_version == wanted->second;
  return failed ? fact.failure : Failure::none;
}

bool runs_on(const ResourceConfig& resource, NodeId node) {
  return std::find(resource.nodes.begin(), resource.nodes.end(), node) != resource.nodes.end();
}

bool can_run_on(const ClusterConfig& config, const ResourceName& resource, NodeId node) {
  return std::ranges::all_of(with_dependencies(config, resource),
                             [&](const ResourceName& below) { return runs_on(config.resources.at(below), node); });
}

bool is_leaving(const ClusterState& state, NodeId node) {
  return std::any_of(state.requests.begin(), state.requests.end(), [&](const auto& entry) {
    return entry.second.request.kind == RequestKind::leave && entry.second.request.node == node;
  });
}

bool in_maintenance(const ClusterState& state, NodeId node) {
  return state.switches.cluster || state.switches.nodes.contains(node);
}

bool in_maintenance(const ClusterState& state, const Hierarchy& hierarchy) {
  const std::optional<NodeId> home = intent_of(state, hierarchy).home;
  if (state.switches.cluster || (home && state.switches.nodes.contains(*home))) return true;
  return std::any_of(hierarchy.resources.begin(), hierarchy.resources.end(),
                     [&](const ResourceName& name) { return state.switches.resources.contains(name); });
}

bool is_asked_for(const ClusterState& state, const Hierarchy& hierarchy) {
  return std::any_of(state.requests.begin(), state.requests.end(), [&](const auto& entry) {
    return hierarchy_of(state, entry.second.request.resource) == &hierarchy;
  });
}

bool all_below_runs(const ClusterState& state, const ResourceName& resource, NodeId node) {
  const auto& below = state.config->resources.at(resource).depends_on;
  return std::all_of(below.begin(), below.end(),
                     [&](const ResourceName& b) { return fact_of(state, node, b).state == ResourceState::in_service; });
}

bool is_whole(const ClusterState& state, const Hierarchy& hierarchy) {
  const Intent& intent = intent_of(state, hierarchy);
  if (!intent.home || intent.wanted.empty() || !intent.stops.empty()) return false;
  return std::all_of(intent.wanted.begin(), intent.wanted.end(), [&](const auto& wanted) {
    return fact_of(state, *intent.home, wanted.first).state == ResourceState::in_service;
  });
}

const char* words(Standing standing) {
  switch (standing) {
    case Standing::waiting:
      return "it has not been heard since this side started";
    case Standing::member:
      return "it is in the view";
    case Standing::failed:
      return "it failed";
    case Standing::daemon_dead:
      return "its daemon is dead";
    case Standing::left:
      return "it left in order";
    case Standing::set_aside:
      return "it does not answer and is set aside";
    case Standing::config_differs:
      return "its configuration differs";
  }
  return "unknown";
}

Version next_version(ClusterState& state) {
  return Version{++state.last_version, state.members.empty() ? NodeId{0} : state.members.front()};
}

std::string names(const std::vector<ResourceName>& resources) {
  std::string text;
  for (const ResourceName& r : resources) text += (text.empty() ? "" : ", ") + r.value;
  return text;
}

}  // namespace holdfast::core
