#include "simulate/present.h"

#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/step.h"
#include "simulate/renumber.h"

namespace holdfast::simulate {

namespace {

constexpr std::size_t most_nodes = 32;

std::string wrong_config(const ClusterConfig& config) {
  if (config.nodes.empty() || config.nodes.size() > most_nodes)
    return format("a cluster has 1 to {} nodes, not {}", most_nodes, config.nodes.size());
  for (std::size_t i = 0; i < config.nodes.size(); ++i) {
    if (config.nodes[i].id.value != i + 1) return format("the id of node {} is not its own", config.nodes[i].name);
    if (config.nodes[i].links.size() != config.nodes.front().links.size() || config.nodes[i].links.empty())
      return format("node {} has another number of links than {}", config.nodes[i].name, config.nodes.front().name);
  }
  for (const auto& [name, resource] : config.resources) {
    if (resource.name != name || resource.nodes.empty()) return format("resource {} is not well formed", name.value);
    for (const NodeId node : resource.nodes)
      if (config.node(node) == nullptr) return format("resource {} names a node that is not there", name.value);
    for (const ResourceName& below : resource.depends_on)
      if (!config.resources.contains(below))
        return format("resource {} depends on {}, which is not there", name.value, below.value);
  }
  return {};
}

std::string wrong_state(const ClusterConfig& config, const ClusterState& state) {
  if (state.members.empty()) return "this node has no synced view: the present state is not known";
  for (const NodeId member : state.members) {
    const auto node = state.nodes.find(member);
    if (config.node(member) == nullptr || node == state.nodes.end() || node->second.standing != Standing::member)
      return format("member {} is not one of the configuration's nodes", member.value);
  }
  for (const NodeConfig& node : config.nodes)
    if (!state.nodes.contains(node.id)) return format("nothing is known of node {}", node.name);
  for (const auto& [id, node] : state.nodes)
    if (config.node(id) == nullptr) return format("node {} is not one of the configuration's", id.value);
  if (state.frozen) return "the cluster has stopped deciding after an internal defect: nothing can be simulated";
  return {};
}

/// Of hierarchies and resources that are not configured any more.
void drop_strangers(ClusterState& state) {
  std::erase_if(state.intents, [&](const auto& entry) {
    const auto& all = state.hierarchies->all;
    return std::none_of(all.begin(), all.end(), [&](const Hierarchy& h) { return h.key == entry.first; });
  });
  for (auto& [key, intent] : state.intents) {
    std::erase_if(intent.wanted, [&](const auto& w) { return !state.config->resources.contains(w.first); });
    std::erase_if(intent.stops, [&](const auto& s) { return !state.config->resources.contains(s.first); });
  }
  for (auto& [id, node] : state.nodes)
    std::erase_if(node.facts.resources, [&](const auto& r) { return !state.config->resources.contains(r.first); });
}

}  // namespace

Result<Present> present_of(SimulationInput input) {
  renumber_nodes(input);
  if (std::string wrong = wrong_config(input.config); !wrong.empty()) return failure(std::move(wrong));
  if (std::string wrong = wrong_state(input.config, input.state); !wrong.empty()) return failure(std::move(wrong));
  Present present;
  present.durations = Durations(input.config, input.measured);
  present.config = std::make_shared<const ClusterConfig>(std::move(input.config));
  present.state = std::move(input.state);
  present.state.config = present.config;
  present.state.hierarchies = std::make_shared<const Hierarchies>(core::hierarchies_of(*present.config));
  drop_strangers(present.state);
  return present;
}

SimulationInput everything_at_home(const ClusterConfig& config) {
  SimulationInput input;
  input.config = config;
  const auto shared = std::make_shared<const ClusterConfig>(config);
  ClusterState state = core::initial_state(shared);
  state.settled = true;
  state.epoch = {config.nodes.empty() ? NodeId{1} : config.nodes.front().id, 1, 1};
  for (const NodeConfig& node : config.nodes) {
    state.members.push_back(node.id);
    NodeState& known = state.nodes[node.id];
    known.standing = Standing::member;
    known.facts.node = node.id;
    known.facts.incarnation = 1;
  }
  for (const Hierarchy& hierarchy : state.hierarchies->all) {
    Intent intent;
    intent.version = {++state.last_version, state.epoch.leader};
    intent.cause = IntentCause::operator_request;
    std::vector<NodeId> shared_nodes = config.resources.at(hierarchy.resources.front()).nodes;
    for (const ResourceName& name : hierarchy.resources)
      std::erase_if(shared_nodes, [&](NodeId n) {
        const auto& nodes = config.resources.at(name).nodes;
        return std::find(nodes.begin(), nodes.end(), n) == nodes.end();
      });
    if (shared_nodes.empty()) continue;
    intent.home = shared_nodes.front();
    for (const ResourceName& name : hierarchy.resources) {
      intent.wanted[name] = intent.version;
      ResourceFact& fact = state.nodes[*intent.home].facts.resources[name];
      fact.state = ResourceState::in_service;
      fact.for_version = intent.version;
    }
    state.intents[hierarchy.key] = std::move(intent);
  }
  input.state = std::move(state);
  return input;
}

Present reduced_to(const Present& present, const Hierarchy& hierarchy) {
  auto config = std::make_shared<ClusterConfig>(*present.config);
  const auto ours = [&](const ResourceName& name) {
    return std::find(hierarchy.resources.begin(), hierarchy.resources.end(), name) != hierarchy.resources.end();
  };
  std::erase_if(config->resources, [&](const auto& entry) { return !ours(entry.first); });
  Present reduced{config, present.state, present.durations};
  ClusterState& state = reduced.state;
  state.config = config;
  state.hierarchies = std::make_shared<const Hierarchies>(core::hierarchies_of(*config));
  drop_strangers(state);
  std::erase_if(state.requests, [&](const auto& r) {
    return !r.second.request.resource.value.empty() && !ours(r.second.request.resource);
  });
  return reduced;
}

}  // namespace holdfast::simulate
