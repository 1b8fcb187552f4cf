#include "unit/simulate/sample.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast::test {

namespace {

ResourceConfig resource(const std::string& name, const std::string& agent, std::vector<NodeId> nodes,
                        std::vector<ResourceName> below = {}) {
  ResourceConfig made;
  made.name = ResourceName{name};
  made.agent = agent;
  made.nodes = std::move(nodes);
  made.depends_on = std::move(below);
  return made;
}

void add_nodes(ClusterConfig& config, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto id = static_cast<std::uint32_t>(config.nodes.size() + 1);
    config.nodes.push_back({NodeId{id}, name, {"10.77.1." + std::to_string(id), "10.77.2." + std::to_string(id)}});
  }
}

/// Some of `nodes`, at least `least`, in a random order.
std::vector<NodeId> some_of(std::vector<NodeId> nodes, std::size_t least, Random& random) {
  for (std::size_t i = nodes.size(); i > 1; --i)
    std::swap(nodes[i - 1], nodes[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(i) - 1))]);
  nodes.resize(static_cast<std::size_t>(random.between(static_cast<std::int64_t>(std::min(least, nodes.size())),
                                                       static_cast<std::int64_t>(nodes.size()))));
  return nodes;
}

}  // namespace

ClusterConfig three_nodes() {
  ClusterConfig config;
  config.name = "sample";
  add_nodes(config, {"alpha", "beta", "gamma"});
  const NodeId a{1};
  const NodeId b{2};
  const NodeId c{3};
  for (ResourceConfig& r : std::vector<ResourceConfig>{resource("web-ip", "ip", {a, b, c}),
                                                       resource("web", "process", {a, b, c}, {ResourceName{"web-ip"}}),
                                                       resource("db", "process", {b, c})})
    config.resources[r.name] = std::move(r);
  return config;
}

simulate::Present present_of(const ClusterConfig& config) {
  Result<simulate::Present> present = simulate::present_of(simulate::everything_at_home(config));
  EXPECT_TRUE(present) << (present ? "" : present.error().text);
  return std::move(*present);
}

ClusterConfig random_cluster(Random& random) {
  ClusterConfig config;
  config.name = "random";
  const std::vector<std::string> names = {"n1", "n2", "n3", "n4", "n5", "n6"};
  add_nodes(config, {names.begin(), names.begin() + random.between(3, 6)});
  std::vector<NodeId> all;
  for (const NodeConfig& n : config.nodes) all.push_back(n.id);
  const std::int64_t hierarchies = random.between(1, 5);
  for (std::int64_t h = 0; h < hierarchies; ++h) {
    const std::vector<NodeId> nodes = some_of(all, 1, random);
    std::vector<ResourceName> below;
    const std::int64_t height = random.between(1, 4);
    for (std::int64_t i = 0; i < height; ++i) {
      const std::string name = "r" + std::to_string(h) + "-" + std::to_string(i);
      const bool address = i == 0 && random.chance(50);
      ResourceConfig made = resource(name, address ? "ip" : "process", nodes, below);
      if (random.chance(30)) made.on_start_failure = OnStartFailure::next_node;
      if (random.chance(20)) made.policy.failover = false;
      if (random.chance(20)) made.policy.local_recovery = false;
      if (!random.chance(30) || below.empty()) below = {made.name};
      config.resources[made.name] = std::move(made);
    }
  }
  if (random.chance(30)) config.quorum.kind = QuorumKind::majority;
  if (random.chance(20)) config.profile = Profile::windows_like;
  return config;
}

}  // namespace holdfast::test
