#include "unit/api/sample.h"

#include <algorithm>

#include "core/hierarchy.h"

namespace holdfast::test {
namespace {

ResourceConfig resource(const std::string& name, const std::string& agent, std::vector<NodeId> nodes) {
  ResourceConfig config;
  config.name = ResourceName(name);
  config.agent = agent;
  config.nodes = std::move(nodes);
  return config;
}

}  // namespace

std::shared_ptr<const ClusterConfig> sample_config() {
  auto config = std::make_shared<ClusterConfig>();
  config->name = "demo";
  config->nodes = {{alpha, "alpha", {"10.77.1.1", "10.77.2.1"}},
                   {beta, "beta", {"10.77.1.2", "10.77.2.2"}},
                   {gamma, "gamma", {"10.77.1.3", "10.77.2.3"}}};
  ResourceConfig web = resource("web", "process", {alpha, beta});
  web.depends_on = {ResourceName("web-ip")};
  web.parameters = {{"command", R"(["/usr/sbin/nginx","-g","daemon off;"])"}};
  ResourceConfig web_ip = resource("web-ip", "ip", {alpha, beta});
  web_ip.parameters = {{"address", "10.77.9.100/24"}, {"interface", "pub0"}};
  config->resources = {
      {web.name, web}, {web_ip.name, web_ip}, {ResourceName("disk"), resource("disk", "script", {beta, gamma, alpha})}};
  return config;
}

Sample::Sample() {
  state.config = sample_config();
  state.hierarchies = std::make_shared<const Hierarchies>(core::hierarchies_of(*state.config));
  state.epoch = {alpha, 7, 2};
  state.members = {alpha, beta, gamma};
  state.settled = true;
  for (const NodeConfig& node : state.config->nodes) {
    NodeState& shown = state.nodes[node.id];
    shown.standing = Standing::member;
    shown.facts.node = node.id;
    for (const auto& [name, config] : state.config->resources)
      if (std::find(config.nodes.begin(), config.nodes.end(), node.id) != config.nodes.end())
        shown.facts.resources[name].state = ResourceState::out_of_service;
    for (const NodeConfig& peer : state.config->nodes)
      for (std::uint32_t i = 0; i < 2 && peer.id != node.id; ++i)
        shown.facts.links.push_back({peer.id, LinkIndex(i), true});
  }
  own = {alpha, true, "", state.nodes[alpha].facts.links, "0.1.0"};
}

Sample& Sample::put(const std::string& name, NodeId node, ResourceState wanted, const std::string& cause) {
  ResourceFact& fact = state.nodes[node].facts.resources[ResourceName(name)];
  fact.state = wanted;
  fact.cause = cause;
  return *this;
}

Sample& Sample::want(const std::string& name, std::optional<NodeId> node) {
  const Hierarchies& hierarchies = *state.hierarchies;
  Intent& intent = state.intents[hierarchies.all[hierarchies.of.at(ResourceName(name))].key];
  intent.home = node;
  if (node)
    intent.wanted[ResourceName(name)];
  else
    intent.wanted.erase(ResourceName(name));
  return *this;
}

Sample& Sample::stands(NodeId node, Standing standing) {
  state.nodes[node].standing = standing;
  state.members.clear();
  for (const auto& [id, shown] : state.nodes)
    if (shown.standing == Standing::member) state.members.push_back(id);
  return *this;
}

Sample& Sample::link(NodeId node, NodeId peer, std::uint32_t index, bool up) {
  for (LinkFact& fact : state.nodes[node].facts.links)
    if (fact.peer == peer && fact.link == LinkIndex(index)) fact.up = up;
  if (node == own.self) own.links = state.nodes[node].facts.links;
  return *this;
}

Sample& Sample::serve_web(NodeId node) {
  return want("web", node)
      .want("web-ip", node)
      .put("web-ip", node, ResourceState::in_service)
      .put("web", node, ResourceState::in_service);
}

}  // namespace holdfast::test
