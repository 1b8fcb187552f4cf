// Traps of engine.md 4.5 that no other test of a real node shows (docs/traps.md lists them all).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "doubles.h"
#include "wire/codec.h"

namespace holdfast::testing_doubles {
namespace {

using testing::StartsWith;

struct TrapsTest : testing::Test {
  World world{small_cluster(2)};
  void start() {
    for (const std::uint32_t id : {1u, 2u}) world.add(id);
    world.start();
    world.view({1, 2});
    world.run(10);
    world.poll();
  }
};

TEST_F(TrapsTest, ALateAnswerIsAFactAndMovesNothing) {  // trap 4
  start();
  world[1].agents.hold_back = true;
  world.request(1, RequestKind::start, "ip", NodeId{1});
  world.run(100);
  world.request(2, RequestKind::stop, "ip");  // the start has been overtaken before it answered
  world.run(100);
  EXPECT_EQ(state_of(world.node(2).state(), 1, "ip"), ResourceState::starting);
  world[1].agents.release();
  world.run(100);
  const auto& asked = world[1].agents.asked;
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "stop ip"), 1) << "what the late start began is stopped";
  EXPECT_FALSE(world[1].agents.running[ResourceName{"ip"}]);
  for (const std::uint32_t id : {1u, 2u}) {
    EXPECT_EQ(world.node(id).state().requests.size(), 0u);
    ASSERT_EQ(world[id].answers.size(), 1u);
  }
  EXPECT_THAT(world[2].answers[0], StartsWith("done"));
}

TEST_F(TrapsTest, WhoIsNotInItsOwnMemberListTakesNoPartUntilItIs) {  // trap 18
  start();
  ASSERT_TRUE(world.node(2).synced());
  world[2].engine.listener()->on_view({{{NodeId{1}, 101}}, {NodeId{1}, NodeId{2}}});
  EXPECT_FALSE(world.node(2).synced());
  EXPECT_EQ(world.node(2).unsynced_because(), "this node is not in its own member list");
  world.run(3000);
  EXPECT_FALSE(world.node(2).synced()) << "and leads no sync of its own";
  world.view({1, 2});
  world.run_polling(5000);  // the others saw no change: it asks for a sync
  EXPECT_TRUE(world.node(2).synced());
}

TEST(BigReports, OfManyResourcesComeInPiecesAndAgree) {  // trap 23
  auto config = small_cluster(2);
  for (int i = 0; i < 1500; ++i) {
    ResourceConfig resource = config->resources.at(ResourceName{"ip"});
    resource.name = ResourceName{"resource-with-a-long-name-" + std::to_string(i)};
    config->resources[resource.name] = resource;
  }
  World world{config};
  for (const std::uint32_t id : {1u, 2u}) world.add(id);
  for (const auto& [name, resource] : config->resources) world[1].agents.running[name] = true;  // to be adopted
  world.start();
  world.view({1, 2});
  world.run(200);
  for (const std::uint32_t id : {1u, 2u}) ASSERT_TRUE(world.node(id).synced()) << world.node(id).unsynced_because();
  EXPECT_EQ(state_of(world.node(2).state(), 1, "resource-with-a-long-name-1499"), ResourceState::in_service);
  EXPECT_EQ(wire::digest_of(world.node(1).state()), wire::digest_of(world.node(2).state()));
  wire::Message report;
  MemberReport own;
  own.own = world.node(2).state().nodes.at(NodeId{1}).facts;
  report.sender = NodeId{1};
  report.payload = wire::State{own};
  EXPECT_GT(wire::encode(report).size(), 1u) << "too small to show anything";
  EXPECT_EQ(world[1].log.count("could not be read") + world[2].log.count("could not be read"), 0);
}

}  // namespace
}  // namespace holdfast::testing_doubles
