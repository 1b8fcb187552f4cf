// The light driver against the whole simulated cluster: real runtime, messages, engines, agents (sim/world.h). Both
// must come to the same placement, on random clusters and faults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulate/rehearsal.h"
#include "simulate/world_play.h"
#include "unit/simulate/sample.h"

namespace holdfast::simulate {
namespace {

Fault random_fault(const ClusterConfig& config, Random& random) {
  const NodeId node{static_cast<std::uint32_t>(random.between(1, static_cast<std::int64_t>(config.nodes.size())))};
  const std::int64_t kind = random.between(1, 10);
  if (kind <= 4) return {FaultKind::node_dies, {node}};
  if (kind <= 5) return {FaultKind::node_isolated, {node}};
  if (kind <= 6) return {FaultKind::link_fails, {}, LinkIndex{0}};
  auto resource = config.resources.begin();
  std::advance(resource, random.between(0, static_cast<std::int64_t>(config.resources.size()) - 1));
  Fault fault{FaultKind::resource_fails, {}, {}, resource->first};
  fault.cannot_stop = random.chance(30);
  if (random.chance(30)) fault.cannot_start_on = node;
  return fault;
}

/// The same in the words of a scenario. `where`: nodes that run the resource by then.
std::string commands_for(const Fault& fault, const ClusterConfig& config, const std::vector<NodeId>& where) {
  std::string text;
  const auto on = [&](NodeId n) { return " on " + config.name_of(n); };
  const std::string name = fault.resource.value;
  switch (fault.kind) {
    case FaultKind::node_dies:
      text = "crash " + config.name_of(fault.nodes.front()) + "\n";
      break;
    case FaultKind::node_isolated:
      text = "isolate " + config.name_of(fault.nodes.front()) + "\n";
      break;
    case FaultKind::link_fails:
      for (const NodeConfig& a : config.nodes)
        for (const NodeConfig& b : config.nodes)
          if (a.id < b.id) text += "cut " + a.name + " " + b.name + " link " + std::to_string(fault.link->value) + "\n";
      break;
    case FaultKind::split:
      break;
    case FaultKind::resource_fails:
      if (fault.cannot_start_on) text += "fail " + name + on(*fault.cannot_start_on) + " start\n";
      for (const NodeId n : where) {
        text += "fail " + name + on(n) + " recover\nfail " + name + on(n) + " start\n";
        if (fault.cannot_stop) text += "fail " + name + on(n) + " stop\n";
        text += "die " + name + on(n) + "\n";
      }
      break;
  }
  return text + "run until stable\n";
}

std::string placement(const Rehearsal& rehearsal) {
  std::string text;
  for (const ResourceAnswer& a : rehearsal.resources) {
    text += a.name.value + ":";
    for (const NodeId n : a.after) text += " " + std::to_string(n.value);
    text += "\n";
  }
  return text;
}

const ResourceAnswer& answer_for(const Rehearsal& rehearsal, const ResourceName& name) {
  return *std::find_if(rehearsal.resources.begin(), rehearsal.resources.end(),
                       [&](const ResourceAnswer& a) { return a.name == name; });
}

std::string describe(const Rehearsal& rehearsal) {
  std::string text;
  for (const StoryLine& l : rehearsal.story)
    text += std::to_string(l.at.count() / 1000) + " n" + std::to_string(l.node.value) + " " + l.resource.value + " " +
            l.rule + " " + l.text + "\n";
  return text;
}

TEST(Twin, BothComeToTheSamePlacement) {
  constexpr int clusters = 60;
  int moved = 0;
  for (int seed = 1; seed <= clusters; ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    const ClusterConfig config = test::random_cluster(random);
    const Present present = test::present_of(config);
    std::vector<Fault> faults;
    std::string commands;
    const std::int64_t count = random.between(1, 2);
    for (std::int64_t i = 0; i < count; ++i) {
      const Fault fault = random_fault(config, random);
      const Rehearsal before = rehearse(present, faults, std::nullopt);
      const std::vector<NodeId> where =
          fault.resource.value.empty() ? std::vector<NodeId>{} : answer_for(before, fault.resource).after;
      commands += commands_for(fault, config, where);
      faults.push_back(fault);
    }
    const Rehearsal light = rehearse(present, faults, std::nullopt);
    const Result<Rehearsal> whole = play_scenario(present, commands);
    ASSERT_TRUE(whole) << "seed " << seed << "\n" << commands << whole.error().text;
    EXPECT_EQ(placement(light), placement(*whole)) << "seed " << seed << "\n"
                                                   << commands << "light:\n"
                                                   << describe(light) << "whole:\n"
                                                   << describe(*whole);
    if (::testing::Test::HasFailure()) return;
    for (const ResourceAnswer& a : light.resources) moved += a.before != a.after ? 1 : 0;
  }
  EXPECT_GT(moved, clusters / 2) << "the test would show nothing";
}

TEST(Twin, TheWholeClusterBeginsAsThePresentIs) {
  const Present present = test::present_of(test::three_nodes());
  const Result<Rehearsal> nothing = play_scenario(present, "run 5s\n");
  ASSERT_TRUE(nothing) << nothing.error().text;
  EXPECT_THAT(nothing->warnings, ::testing::IsEmpty());
  for (const ResourceAnswer& a : nothing->resources) EXPECT_EQ(a.before, a.after);
  EXPECT_THAT(nothing->story, ::testing::IsEmpty()) << describe(*nothing);
}

TEST(Twin, ADeadNodeOfThePresentStaysDead) {
  SimulationInput input = everything_at_home(test::three_nodes());
  input.state.members.pop_back();
  input.state.nodes[NodeId{3}].standing = Standing::failed;
  const Present present = *present_of(std::move(input));
  const Result<Rehearsal> whole = play_scenario(present, "crash beta\nrun until stable\n");
  ASSERT_TRUE(whole) << whole.error().text;
  EXPECT_THAT(whole->warnings.empty() ? "" : whole->warnings.front().text,
              ::testing::Not(::testing::HasSubstr("before any fault")));
  const Rehearsal light = rehearse(present, {{FaultKind::node_dies, {NodeId{2}}}}, std::nullopt);
  EXPECT_EQ(placement(light), placement(*whole));
}

TEST(Twin, TheClusterOfAScenarioIsTheGivenOne) {
  const Present present = test::present_of(test::three_nodes());
  EXPECT_THAT(play_scenario(present, "cluster a b\n").error().text, ::testing::HasSubstr("the given one"));
  EXPECT_THAT(play_scenario(present, "crash delta\n").error().text, ::testing::HasSubstr("line 1"));
}

}  // namespace
}  // namespace holdfast::simulate
