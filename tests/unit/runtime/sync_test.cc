// The sync of a view on real nodes with the real core and codec (engine.md 3, 4.2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doubles.h"
#include "wire/codec.h"

namespace holdfast::testing_doubles {
namespace {

using testing::HasSubstr;

struct SyncTest : testing::Test {
  World world{small_cluster(3)};
  void start(std::uint32_t count) {
    for (std::uint32_t id = 1; id <= count; ++id) world.add(id);
    world.start();
  }
  std::vector<std::uint32_t> members(std::uint32_t id) {
    std::vector<std::uint32_t> result;
    for (const NodeId member : world.node(id).state().members) result.push_back(member.value);
    return result;
  }
  Standing standing(std::uint32_t on, std::uint32_t of) { return world.node(on).state().nodes.at(NodeId{of}).standing; }
  template <class Payload>
  int count() {
    return static_cast<int>(std::count_if(world.sent.begin(), world.sent.end(), [](const wire::Message& m) {
      return std::holds_alternative<Payload>(m.payload);
    }));
  }
};

TEST_F(SyncTest, NothingIsAgreedBeforeAView) {
  start(1);
  EXPECT_FALSE(world.node(1).synced());
  EXPECT_EQ(world.node(1).unsynced_because(), "waiting for the engine");
}

TEST_F(SyncTest, AllMembersAgreeOnEqualStates) {
  start(3);
  world.view({1, 2, 3});
  world.run(10);
  for (const std::uint32_t id : {1u, 2u, 3u}) {
    ASSERT_TRUE(world.node(id).synced()) << world.node(id).unsynced_because();
    EXPECT_EQ(members(id), (std::vector<std::uint32_t>{1, 2, 3}));
    EXPECT_EQ(wire::digest_of(world.node(id).state()), wire::digest_of(world.node(1).state()));
    EXPECT_EQ(world.node(id).state().epoch.leader, NodeId{1});
  }
  EXPECT_EQ(count<wire::SyncStart>(), 1);
  EXPECT_EQ(count<wire::State>(), 3);
}

TEST_F(SyncTest, AMemberThatDoesNotAnswerIsSetAsideAndComesBack) {
  start(3);
  world.unheard = [](const wire::Message&, NodeId to) { return to == NodeId{3}; };
  world.view({1, 2, 3});
  world.run(900);
  EXPECT_FALSE(world.node(1).synced()) << "sync_limit has not passed";
  world.run(200);
  ASSERT_TRUE(world.node(1).synced());
  EXPECT_EQ(members(2), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(standing(1, 3), Standing::set_aside);
  EXPECT_EQ(world[1].log.count("gamma did not answer the sync within"), 1);

  world.unheard = nullptr;
  world.run(4000);  // it hears nothing of a sync, asks for one
  EXPECT_EQ(members(1), (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_TRUE(world.node(3).synced());
}

TEST_F(SyncTest, WhoCanAnswerAgainIsNotWaitedForInVain) {  // L9: nodes end their holds at different times
  start(2);
  int answers = 0;
  world.swallow = [&](const wire::Message& m) {
    return m.sender == NodeId{2} && std::holds_alternative<wire::State>(m.payload) && ++answers == 1;
  };
  world.view({1, 2});
  world.run(100);
  ASSERT_FALSE(world.node(1).synced());
  world.inject({NodeId{2}, 1, 5000, Epoch{}, wire::SyncWanted{"it can answer again"}});
  world.run(100);
  EXPECT_TRUE(world.node(1).synced());
  EXPECT_EQ(members(1), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(world[1].log.count("did not answer the sync within"), 0);
}

TEST_F(SyncTest, WhoAsksWithAnOldEpochMisleadsNobody) {  // L5: two that were set aside heard each other ask
  start(3);
  world.view({1, 2, 3});
  world.run(100);
  const Epoch old = world.node(1).state().epoch;
  world.swallow = [](const wire::Message& m) {
    return m.sender == NodeId{2} && std::holds_alternative<wire::State>(m.payload);
  };
  world.view({1, 3});
  world.run(100);
  world.view({1, 2, 3});
  world.run(3000);
  ASSERT_FALSE(world.node(2).synced());
  world.swallow = nullptr;
  for (int i = 0; i < 1000; ++i) {
    world.inject({NodeId{3}, 1, 5000 + static_cast<std::uint64_t>(i), old, wire::SyncWanted{"it was set aside"}});
    world.run(10);
  }
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_EQ(members(1), (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(SyncTest, WhoIsSetAsideKnowsIt) {
  start(2);
  world.swallow = [](const wire::Message& m) {
    return m.sender == NodeId{2} && !std::holds_alternative<wire::Alive>(m.payload);
  };
  world.view({1, 2});
  world.run(1200);
  EXPECT_TRUE(world.node(1).synced());
  EXPECT_FALSE(world.node(2).synced());
  EXPECT_THAT(world.node(2).unsynced_because(), HasSubstr("alpha closed a sync without this node"));
}

TEST_F(SyncTest, MessagesOfAnotherEpochMoveNothing) {
  start(2);
  world.view({1, 2});
  world.run(10);
  const ClusterState before = world.node(1).state();
  Epoch stale = before.epoch;
  --stale.counter;
  ResourceFact fact;
  fact.state = ResourceState::in_service;
  const wire::Apply change{ResourceChanged{NodeId{2}, 1000, ResourceName{"ip"}, fact}};
  world.inject({NodeId{2}, 1, 5000, stale, change});
  world.run(10);
  EXPECT_EQ(world.node(1).state(), before);
  world.inject({NodeId{2}, 1, 5001, before.epoch, change});
  world.run(10);
  EXPECT_EQ(state_of(world.node(1).state(), 2, "ip"), ResourceState::in_service) << "the same in this epoch counts";
}

TEST_F(SyncTest, AStateOfAnotherRoundDoesNotComplete) {
  start(2);
  world.swallow = [](const wire::Message& m) {
    return m.sender == NodeId{2} && std::holds_alternative<wire::State>(m.payload);
  };
  world.view({1, 2});
  world.run(10);
  MemberReport report;
  report.own.node = NodeId{2};
  world.swallow = nullptr;
  world.inject({NodeId{2}, 1, 5000, Epoch{NodeId{1}, 7, 7}, wire::State{report}});
  world.run(100);
  EXPECT_FALSE(world.node(1).synced());
}

TEST_F(SyncTest, ASyncStartOfAnotherListIsIgnored) {
  start(2);
  world.view({1, 2});
  world.run(10);
  const Epoch before = world.node(2).state().epoch;
  world.inject({NodeId{1}, 1, 5000, Epoch{NodeId{1}, 9, 9}, wire::SyncStart{{{NodeId{1}, 101}}, {}}});
  world.run(100);
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_EQ(world.node(2).state().epoch, before);
}

TEST_F(SyncTest, ASyncStartOfOneWhoIsNotTheLowestIsIgnored) {
  start(2);
  world.view({1, 2});
  world.run(10);
  const Epoch before = world.node(1).state().epoch;
  world.inject({NodeId{2}, 1, 5000, Epoch{NodeId{2}, 9, 9}, wire::SyncStart{{{NodeId{1}, 101}, {NodeId{2}, 102}}, {}}});
  world.run(100);
  EXPECT_TRUE(world.node(1).synced());
  EXPECT_EQ(world.node(1).state().epoch, before);
}

TEST_F(SyncTest, AnotherConfigurationTakesNoPart) {
  world.add(1);
  auto other = small_cluster(3);
  other->startup_wait = Millis{9999};
  world.add(2, other);
  world.start();
  world.view({1, 2});
  world.run(20);
  ASSERT_TRUE(world.node(1).synced());
  EXPECT_EQ(standing(1, 2), Standing::config_differs);
  EXPECT_FALSE(world.node(2).synced());
  EXPECT_THAT(world.node(2).unsynced_because(), HasSubstr("configuration"));
  const int syncs = count<wire::SyncStart>();
  world.run(5000);
  EXPECT_EQ(count<wire::SyncStart>(), syncs) << "it does not ask again and again";
}

TEST_F(SyncTest, CausesOfAbsence) {
  start(3);
  world.view({1, 2, 3});
  world.run(10);
  world.view({1, 2}, {1, 2, 3});  // the engine of gamma answers, its daemon does not
  world.run(10);
  EXPECT_EQ(standing(2, 3), Standing::daemon_dead);
  world.view({1, 2});
  world.run(10);
  EXPECT_EQ(standing(2, 3), Standing::failed);
}

TEST_F(SyncTest, WhoSaidGoodbyeLeftInOrder) {
  start(3);
  world.view({1, 2, 3});
  world.run(10);
  bool left = false;
  world.node(3).leave([&] { left = true; });
  world.run(10);
  EXPECT_TRUE(left);
  world.view({1, 2}, {1, 2, 3});
  world.run(10);
  EXPECT_EQ(standing(1, 3), Standing::left);
  world.view({1, 2});
  world.run(10);
  EXPECT_EQ(standing(1, 3), Standing::left) << "its engine is stopped now; it is remembered";
}

TEST_F(SyncTest, ALeaderThatJustCameLearnsWhyOthersAreAway) {
  start(3);
  world.view({2, 3});
  world.run(10);
  world.node(3).leave([] {});
  world.run(10);
  world.view({2});
  world.run(10);
  ASSERT_EQ(standing(2, 3), Standing::left);
  world.view({1, 2});  // alpha leads now and never saw gamma
  world.run(10);
  EXPECT_EQ(standing(1, 3), Standing::left);
  EXPECT_EQ(standing(2, 3), Standing::left);
}

TEST_F(SyncTest, ASyncThatDidNotComeAboutIsRepeated) {
  start(2);
  world.swallow = [](const wire::Message& m) { return std::holds_alternative<wire::SyncStart>(m.payload); };
  world.view({1, 2});
  world.run(500);
  world.swallow = nullptr;
  EXPECT_FALSE(world.node(1).synced());
  world.run(1000);
  EXPECT_TRUE(world.node(1).synced());
  EXPECT_TRUE(world.node(2).synced());
}

TEST_F(SyncTest, IfTheLowestLeadsNoSyncTheNextOneDoes) {
  start(3);
  world.scheduler.pause(1);
  world.view({1, 2, 3});
  world.run(2900);
  EXPECT_FALSE(world.node(2).synced());
  world.run(3000);
  ASSERT_TRUE(world.node(2).synced()) << world.node(2).unsynced_because();
  EXPECT_EQ(members(3), (std::vector<std::uint32_t>{2, 3}));
  EXPECT_EQ(standing(2, 1), Standing::set_aside);
  world.scheduler.resume(1);
  world.run_polling(6000);
  for (const std::uint32_t id : {1u, 2u, 3u}) EXPECT_EQ(members(id), (std::vector<std::uint32_t>{1, 2, 3})) << id;
}

TEST_F(SyncTest, ASilentMemberIsSetAside) {
  start(3);
  world.view({1, 2, 3});
  world.run(10);
  world.scheduler.pause(2);
  world.run(4900);
  EXPECT_EQ(members(1), (std::vector<std::uint32_t>{1, 2, 3})) << "alive_limit has not passed";
  world.run(2500);
  EXPECT_EQ(members(1), (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(standing(3, 2), Standing::set_aside);
}

TEST_F(SyncTest, ASilentLeaderIsSetAside) {
  start(3);
  world.view({1, 2, 3});
  world.run(10);
  world.scheduler.pause(1);
  world.run(12'000);
  EXPECT_EQ(members(2), (std::vector<std::uint32_t>{2, 3}));
  EXPECT_EQ(members(3), (std::vector<std::uint32_t>{2, 3}));
}

TEST_F(SyncTest, DifferentStatesAreSaidAndSyncedAnew) {
  start(2);
  world.view({1, 2});
  world.run(10);
  ResourceFact fact;
  fact.cause = "only one heard this";
  world.unheard = [](const wire::Message& m, NodeId to) {
    return to == NodeId{1} && std::holds_alternative<wire::Apply>(m.payload);
  };
  world.inject({NodeId{2}, 1, 5000, world.node(2).state().epoch,
                wire::Apply{ResourceChanged{NodeId{2}, 1000, ResourceName{"ip"}, fact}, {}}});
  world.run(10);
  world.unheard = nullptr;
  ASSERT_NE(wire::digest_of(world.node(1).state()), wire::digest_of(world.node(2).state()));
  world.run(11'000);
  EXPECT_EQ(world[1].log.count("different states"), 1);
  EXPECT_EQ(wire::digest_of(world.node(1).state()), wire::digest_of(world.node(2).state()));
}

TEST_F(SyncTest, TheOlderOfTwoDaemonsOfOneNodeTakesNoPart) {  // trap 17
  start(2);
  EngineView view{{{NodeId{1}, 101}, {NodeId{2}, 102}, {NodeId{2}, 103}}, {NodeId{1}, NodeId{2}}};
  world[1].view = world[2].view = view;
  world[2].engine.listener()->on_view(view);
  world.run(2000);
  EXPECT_FALSE(world.node(2).synced());
  EXPECT_EQ(world.node(2).unsynced_because(), "another daemon of this node runs");
  EXPECT_EQ(world[2].log.count("must end"), 1);
  EXPECT_EQ(world[2].superseded, 1) << "it is told to end";
  EXPECT_EQ(world[1].superseded, 0);
}

TEST_F(SyncTest, BrokenBytesAreSaidOnceAndMoveNothing) {  // E3
  start(2);
  world.view({1, 2});
  world.run(10);
  const ClusterState before = world.node(1).state();
  for (int i = 0; i < 100; ++i) world[1].engine.listener()->on_message({NodeId{2}, 102}, "hostile");
  EXPECT_EQ(world.node(1).state(), before);
  EXPECT_EQ(world[1].log.count("could not be read"), 1);
}

TEST_F(SyncTest, ALostEngineStopsAndTakesOverNothing) {  // trap 12
  start(2);
  world.view({1, 2});
  world.run(10);
  world.poll();
  world[1].engine.listener()->on_engine_lost("exit status 8");
  EXPECT_FALSE(world.node(1).synced());
  world.run(300);
  world.view({1});  // alone until it finds the others
  world.run_polling(1000);
  EXPECT_FALSE(world.node(1).synced()) << "a smaller view is not believed at once";
  EXPECT_EQ(world[1].log.count("COMMUNICATIONS beta FAILED"), 0);
  world.view({1, 2});
  world.run_polling(1000);
  EXPECT_TRUE(world.node(1).synced());
  EXPECT_EQ(members(1), (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(SyncTest, AfterALostEngineTheOthersMayReallyBeGone) {
  start(2);
  world.view({1, 2});
  world.run(10);
  world.poll();
  world[1].engine.listener()->on_engine_lost("exit status 8");
  world.view({1});
  world.run_polling(4000);
  EXPECT_TRUE(world.node(1).synced());
  EXPECT_EQ(standing(1, 2), Standing::failed);
  EXPECT_EQ(world[1].log.count("COMMUNICATIONS beta FAILED"), 1);
}

}  // namespace
}  // namespace holdfast::testing_doubles
