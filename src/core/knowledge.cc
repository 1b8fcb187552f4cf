#include "core/knowledge.h"

#include <algorithm>

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

const Intent& intent_of(const ClusterState& state, const ResourceName& resource) {
  static const Intent nothing{};
  const auto intent = state.intents.find(resource);
  return intent == state.intents.end() ? nothing : intent->second;
}

Standing standing_of(const ClusterState& state, NodeId node) {
  const auto n = state.nodes.find(node);
  return n == state.nodes.end() ? Standing::waiting : n->second.standing;
}

bool is_member(const ClusterState& state, NodeId node) { return standing_of(state, node) == Standing::member; }

bool may_live(const ClusterState& state, NodeId node) { return standing_of(state, node) != Standing::failed; }

bool may_hold(const ClusterState& state, NodeId node, const ResourceName& resource) {
  if (!may_live(state, node)) return false;
  const ResourceFact& fact = fact_of(state, node, resource);
  return holds(fact.state) || fact.may_run || fact.state == ResourceState::unknown;
}

std::vector<NodeId> holders(const ClusterState& state, const ResourceName& resource, NodeId except) {
  std::vector<NodeId> result;
  const auto configured = state.config->resources.find(resource);
  if (configured == state.config->resources.end()) return result;
  for (const NodeId node : configured->second.nodes)
    if (node != except && may_hold(state, node, resource)) result.push_back(node);
  return result;
}

bool runs_on(const ResourceConfig& resource, NodeId node) {
  return std::find(resource.nodes.begin(), resource.nodes.end(), node) != resource.nodes.end();
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
