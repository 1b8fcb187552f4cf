// Life of a node: start, adoption, requests, failover end to end, what lasts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "doubles.h"
#include "wire/codec.h"

namespace holdfast::testing_doubles {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct NodeTest : testing::Test {
  World world{small_cluster(2)};
  void start() {
    for (const std::uint32_t id : {1u, 2u})
      if (!world.machines.contains(NodeId{id})) world.add(id);
    world.start();
    world.view({1, 2});
    world.run(10);
    world.poll();
  }
  int asked(std::uint32_t id, const std::string& what) {
    const auto& all = world[id].agents.asked;
    return static_cast<int>(std::count(all.begin(), all.end(), what));
  }
};

TEST_F(NodeTest, ARequestIsAnsweredOnceWhenItIsDone) {
  start();
  world.request(2, RequestKind::start, "web", NodeId{1});
  world.run(200);
  ASSERT_EQ(world[2].answers.size(), 1u);
  EXPECT_THAT(world[2].answers[0], StartsWith("done"));
  EXPECT_TRUE(world[1].agents.running[ResourceName{"web"}]);
  EXPECT_EQ(state_of(world.node(2).state(), 1, "web"), ResourceState::in_service);
  EXPECT_EQ(world[1].log.count("BEGIN start of \"web\""), 1);
  EXPECT_EQ(world[1].log.count("END successful start of \"web\""), 1);
  EXPECT_TRUE(world.node(2).state().requests.empty());
}

TEST_F(NodeTest, WhatIsAnsweredIsOnDiskAlready) {  // O1, E2
  start();
  world.request(1, RequestKind::start, "web", NodeId{1});
  for (int i = 0; i < 200 && world[1].answers.empty(); ++i) world.run(1);
  ASSERT_EQ(world[1].answers.size(), 1u);
  const std::optional<DurableState> kept = world[1].store.kept;
  world.run(300);
  EXPECT_TRUE(kept == world[1].store.kept);
}

TEST_F(NodeTest, ADeadNodesHierarchyStartsOnTheOther) {  // N1, N2, N4
  start();
  world.request(1, RequestKind::start, "web", NodeId{1});
  world.run(200);
  world.view({2});
  world.run(100);
  EXPECT_EQ(asked(2, "start ip"), 1);
  EXPECT_EQ(asked(2, "start web"), 1);
  EXPECT_EQ(state_of(world.node(2).state(), 2, "web"), ResourceState::in_service);
  std::vector<std::string> order;
  for (const LogLine& line : world[2].log.lines)
    if (line.text.starts_with("COMMUNICATION") && line.text.find("FAILED") != std::string::npos)
      order.push_back(line.text.substr(0, 24));
  EXPECT_THAT(order, ElementsAre("COMMUNICATION TO alpha B", "COMMUNICATION TO alpha B", "COMMUNICATIONS alpha FAI"));
  EXPECT_FALSE(world.node(2).decisions().empty());
}

TEST_F(NodeTest, ARequestThatGotLostIsSentAgainAfterTheNextSync) {
  start();
  world.swallow = [](const wire::Message& m) { return std::holds_alternative<wire::Apply>(m.payload); };
  world.request(2, RequestKind::start, "web", NodeId{2});
  world.run(50);
  EXPECT_TRUE(world[2].answers.empty());
  world.swallow = nullptr;
  world.view({2});
  world.run(200);
  ASSERT_EQ(world[2].answers.size(), 1u);
  EXPECT_TRUE(world[2].agents.running[ResourceName{"web"}] || world[2].answers[0].starts_with("refused"));
  world.view({1, 2});
  world.run(200);
  EXPECT_EQ(world[2].answers.size(), 1u) << "exactly one final answer";
}

TEST_F(NodeTest, WithoutAViewARequestFailsWithTheReason) {
  world.add(1);
  world.start();
  world.request(1, RequestKind::start, "web");
  world.run(9000);
  EXPECT_TRUE(world[1].answers.empty());
  world.run(1200);
  ASSERT_EQ(world[1].answers.size(), 1u);
  EXPECT_THAT(world[1].answers[0], HasSubstr("failed: no view is agreed: waiting for the engine"));
}

TEST_F(NodeTest, WhatRunsIsAdoptedNotRestarted) {  // R5
  world.add(1).agents.running = {{ResourceName{"ip"}, true}, {ResourceName{"web"}, true}};
  start();
  world.run(3000);
  EXPECT_EQ(state_of(world.node(2).state(), 1, "web"), ResourceState::in_service);
  EXPECT_EQ(asked(1, "start web") + asked(2, "start web"), 0);
  EXPECT_EQ(world[1].log.count("is in service here already: adopted"), 2);
  EXPECT_TRUE(world[1].agents.watched.contains(ResourceName{"web"}));
}

TEST_F(NodeTest, NobodyHearsOfItBeforeTheProbesAnswered) {
  world.add(1).agents.hold_back = true;
  world[1].node->start();
  world.run(2900);
  EXPECT_EQ(world[1].engine.listener(), nullptr);
  world.run(200);  // 3 s: it does not wait for ever
  EXPECT_NE(world[1].engine.listener(), nullptr);
  EXPECT_EQ(world[1].log.count("no answer yet"), 2);
  world.view({1});
  world.run(10);
  EXPECT_EQ(state_of(world.node(1).state(), 1, "ip"), ResourceState::unknown);
  world[1].agents.running[ResourceName{"ip"}] = true;
  world[1].agents.release();
  world.run(10);
  EXPECT_EQ(state_of(world.node(1).state(), 1, "ip"), ResourceState::in_service) << "the late answer counts";
}

TEST_F(NodeTest, AFactThatChangedDuringASyncIsToldAfterIt) {
  start();
  world.request(1, RequestKind::start, "ip", NodeId{1});
  world.run(100);
  world.swallow = [](const wire::Message& m) {
    return m.sender == NodeId{2} && std::holds_alternative<wire::State>(m.payload);
  };
  world.view({1, 2}, {1, 2, 3});  // a new sync that hangs
  world.run(100);
  ASSERT_FALSE(world.node(1).synced());
  world[1].agents.watched.at(ResourceName{"ip"})(ResourceState::failed, "the address went");
  world.swallow = nullptr;
  world.run(3000);
  ASSERT_TRUE(world.node(2).synced());
  EXPECT_EQ(asked(1, "recover ip"), 1) << "the others heard of it, and decided (F1, F5)";
}

TEST_F(NodeTest, IntentsLast) {  // O1, E2
  start();
  world.request(1, RequestKind::start, "web", NodeId{1});
  world.run(500);
  ASSERT_TRUE(world[2].store.kept);
  EXPECT_EQ(world[2].store.kept->intents.begin()->second.home, NodeId{1});
  EXPECT_EQ(world[2].store.kept->others.size(), 1u);
  const int saves = world[2].store.saves;
  world.run(20'000);
  EXPECT_EQ(world[2].store.saves, saves) << "nothing changed, nothing is written";
}

TEST_F(NodeTest, EveryLifeHasAGreaterIncarnation) {
  Machine& machine = world.add(1);
  machine.store.kept = DurableState{};
  machine.store.kept->incarnation = 9'000'000'000;
  machine.node->start();
  world.run(20);
  EXPECT_EQ(machine.store.kept->incarnation, 9'000'000'001u);
}

TEST_F(NodeTest, ADamagedStateFileIsSaidAndTheNodeGoesOn) {
  world.add(1).store.damaged = true;
  start();
  EXPECT_EQ(world[1].log.count("damaged"), 1);
  EXPECT_TRUE(world.node(1).synced());
}

TEST_F(NodeTest, AFullDiskIsSaidOnce) {  // E4
  start();
  world[1].store.full = true;
  world.request(1, RequestKind::start, "ip", NodeId{1});
  world.run(1000);
  world.request(1, RequestKind::stop, "ip");
  world.run(1000);
  EXPECT_EQ(world[1].log.count("no space left"), 1);
  EXPECT_EQ(world[1].answers.size(), 2u);
}

TEST_F(NodeTest, AFullDiskIsTriedAgainUntilThereIsRoom) {  // E4
  start();
  world[1].store.full = true;
  world.request(1, RequestKind::start, "ip", NodeId{1});
  world.run(1000);
  ASSERT_EQ(world[1].answers.size(), 1u);
  EXPECT_THAT(world[1].answers[0], HasSubstr("the disk of this node has not taken it"));
  world[1].store.full = false;
  world.run(6000);  // and nothing else happens meanwhile
  EXPECT_EQ(world[1].log.count("can be written again"), 1);
  ASSERT_TRUE(world[1].store.kept);
  EXPECT_TRUE(world[1].store.kept->intents.contains(ResourceName{"ip"}));
}

TEST_F(NodeTest, ADiskThatHangsDelaysAnswersAndNothingElse) {  // E4, E2
  start();
  world.request(1, RequestKind::start, "web", NodeId{1});
  world.run(200);
  world[2].store.hanging = true;
  world.request(2, RequestKind::stop, "web");
  world.run(5000);
  EXPECT_TRUE(world[2].answers.empty()) << "what an operator is told is durable";
  EXPECT_FALSE(world[1].agents.running[ResourceName{"web"}]) << "but it is done meanwhile";
  EXPECT_EQ(world[2].log.count("the disk has not written the state file within 500 ms"), 1);
  world.request(1, RequestKind::start, "web", NodeId{1});
  world.run(200);
  world.view({2});
  world.run(200);
  EXPECT_EQ(asked(2, "start web"), 1) << "a takeover waits for no disk";
  EXPECT_EQ(world[2].log.count("stalled for"), 0);
  world[2].store.release();
  world.run(10);
  ASSERT_EQ(world[2].answers.size(), 1u);
  EXPECT_THAT(world[2].answers[0], StartsWith("done"));
  EXPECT_EQ(world[2].log.count("the disk answers again"), 1);
  EXPECT_EQ(world[2].store.kept->intents.begin()->second.home, NodeId{2});
}

TEST_F(NodeTest, ADiskThatHangsForEverKeepsNoOperatorWaitingForEver) {
  start();
  world[1].store.hanging = true;
  world.request(1, RequestKind::start, "ip", NodeId{1});
  world.run(29'000);
  EXPECT_TRUE(world[1].answers.empty());
  world.run(2'000);
  ASSERT_EQ(world[1].answers.size(), 1u);
  EXPECT_THAT(world[1].answers[0], HasSubstr("the disk of this node has not taken it"));
}

TEST_F(NodeTest, ADiskThatHangsDelaysStartAndEndByThreeSecondsAtMost) {
  world.add(1);
  world[1].store.hanging = true;
  world.start();
  world.run(2900);
  EXPECT_EQ(world.node(1).unsynced_because(), "the disk does not take this node's state");
  world.run(200);
  EXPECT_EQ(world.node(1).unsynced_because(), "waiting for the engine");
  bool left = false;
  world.node(1).leave([&] { left = true; });
  world.run(2900);
  EXPECT_FALSE(left);
  world.run(200);
  EXPECT_TRUE(left);
}

TEST_F(NodeTest, AWrongNameIsRefused) {
  start();
  world.request(1, RequestKind::start, "nothing");
  world.run(50);
  ASSERT_EQ(world[1].answers.size(), 1u);
  EXPECT_THAT(world[1].answers[0], StartsWith("refused"));
}

TEST_F(NodeTest, AtRestAllKnowTheSame) {
  start();
  world.request(1, RequestKind::start, "web", NodeId{1});
  world.run_polling(30'000);
  EXPECT_EQ(wire::digest_of(world.node(1).state()), wire::digest_of(world.node(2).state()));
  EXPECT_EQ(world[1].log.count("different states") + world[2].log.count("different states"), 0);
  EXPECT_LE(world[1].agents.most_on_one, 1);
}

}  // namespace
}  // namespace holdfast::testing_doubles
