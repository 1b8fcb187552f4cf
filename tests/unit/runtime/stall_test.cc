// L5 on real nodes: who slept takes nothing over.
#include <gtest/gtest.h>

#include <algorithm>

#include "doubles.h"

namespace holdfast::testing_doubles {
namespace {

struct StallTest : testing::Test {
  World world{small_cluster(2)};
  StallTest() {
    world.add(1);
    world.add(2);
    world.start();
    world.view({1, 2});
    world.run(10);
    world.poll();
    world.request(1, RequestKind::start, "web", NodeId{1});
    world.run(100);
  }
  int starts(std::uint32_t id) {
    const auto& asked = world[id].agents.asked;
    return static_cast<int>(std::count(asked.begin(), asked.end(), "start web"));
  }
};

TEST_F(StallTest, APausedNodeThatWakesAloneTakesNothingOver) {
  ASSERT_EQ(state_of(world.node(2).state(), 1, "web"), ResourceState::in_service);
  world.scheduler.pause(2);
  world.run_polling(5000);
  world.scheduler.resume(2);
  world.view({2});  // it declares the other dead first (engine.md 2.7)
  world.run(650);
  EXPECT_FALSE(world.node(2).synced());
  world.view({1, 2});
  world.run_polling(3000);
  EXPECT_EQ(starts(2), 0);
  EXPECT_EQ(world[2].log.count("stalled for"), 1);
  EXPECT_EQ(world[2].log.count("COMMUNICATIONS alpha FAILED"), 0);
  EXPECT_TRUE(world.node(1).synced());
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_EQ(state_of(world.node(2).state(), 1, "web"), ResourceState::in_service);
}

TEST(StallBeforeAWrite, IsSeenWheneverItBegins) {  // the write of a change is due 100 ms after it
  for (std::int64_t after = 10; after < 130; after += 4) {
    World world{small_cluster(2)};
    for (const std::uint32_t id : {1u, 2u}) world.add(id);
    world.start();
    world.view({1, 2});
    world.run(10);
    world.poll();
    world.request(1, RequestKind::start, "web", NodeId{1});
    world.run(after);
    world.scheduler.pause(2);
    world.run(5000);
    world.scheduler.resume(2);
    world.run(20);
    EXPECT_EQ(world[2].log.count("stalled for"), 1) << after;
  }
}

TEST_F(StallTest, IfTheOtherIsReallyDeadItTakesOverAfterTheHold) {
  world.scheduler.pause(2);
  world.run(5000);
  world.scheduler.resume(2);
  world.view({2});
  world.run_polling(500);
  EXPECT_EQ(starts(2), 0);
  world.run_polling(2500);
  EXPECT_EQ(starts(2), 1);
  EXPECT_EQ(world[2].log.count("COMMUNICATIONS alpha FAILED"), 1);
}

TEST_F(StallTest, OwnResourcesAreCheckedBeforeItActs) {
  world[2].agents.asked.clear();
  world.scheduler.pause(2);
  world.run(1000);
  world.scheduler.resume(2);
  world.run(20);
  const auto& asked = world[2].agents.asked;
  EXPECT_NE(std::find(asked.begin(), asked.end(), "monitor web"), asked.end());
}

TEST_F(StallTest, AShortStallInAnUnchangedViewGoesOn) {
  const Epoch before = world.node(2).state().epoch;
  world.scheduler.pause(2);
  world.run(400);
  world.scheduler.resume(2);
  world.run_polling(2000);
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_EQ(world.node(2).state().epoch, before);
}

TEST_F(StallTest, WhoWasSetAsideWhileItSleptComesBack) {
  world.scheduler.pause(2);
  world.run_polling(8000);
  ASSERT_EQ(world.node(1).state().nodes.at(NodeId{2}).standing, Standing::set_aside);
  world.scheduler.resume(2);
  world.run_polling(4000);
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_EQ(world.node(2).state().epoch, world.node(1).state().epoch);
  EXPECT_EQ(world.node(1).state().members.size(), 2u);
}

TEST(EngineStall, APausedEngineThatWakesIsNotBelievedAtOnce) {
  World world{small_cluster(2)};
  for (const std::uint32_t id : {1u, 2u}) world.add(id).make_node(world.config, Millis{200});
  world.start();
  world.view({1, 2});
  world.run_polling(400);
  world.request(1, RequestKind::start, "web", NodeId{1});
  world.run_polling(400);
  world.run(4000);  // the loops run, no poll comes
  world.poll();
  world.view({2});
  world.run_polling(600);
  EXPECT_FALSE(world.node(2).synced());
  world.view({1, 2});
  world.run_polling(2000);
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_FALSE(world[2].agents.running[ResourceName{"web"}]);
  EXPECT_EQ(world[2].log.count("the engine was stalled for"), 1);
}

TEST_F(StallTest, AGraceThatRanOutInSleepIsNotFired) {  // N7
  world.view({2}, {1, 2});
  world.run(100);
  ASSERT_EQ(world.node(2).state().nodes.at(NodeId{1}).standing, Standing::daemon_dead);
  world.scheduler.pause(2);
  world.run(5000);
  world.scheduler.resume(2);
  world.run(500);
  EXPECT_EQ(starts(2), 0);
  EXPECT_EQ(world.node(2).state().nodes.at(NodeId{1}).standing, Standing::daemon_dead);
  world.run_polling(2000);
  EXPECT_EQ(starts(2), 1) << "after the hold it counts";
}

}  // namespace
}  // namespace holdfast::testing_doubles
