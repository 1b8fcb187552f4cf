// Two builds in one cluster (docs/decisions/0002, trap 16), and the confirmation that feature level 2 brought (trap 3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doubles.h"
#include "runtime/spoken_versions.h"
#include "wire/codec.h"

namespace holdfast::testing_doubles {
namespace {

using runtime::SpokenVersions;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr wire::Speech first_build{{1, 1}, 1};

const std::vector<NodeId> three{NodeId{1}, NodeId{2}, NodeId{3}};

TEST(SpokenVersions, WhoWasNotHeardCountsAsOneThatFits) {
  const SpokenVersions spoken(NodeId{2}, {1, 2});
  EXPECT_EQ(spoken.agree(three).range, (wire::VersionRange{1, 2}));
  EXPECT_THAT(spoken.agree(three).left_out, IsEmpty());
}

TEST(SpokenVersions, TheLowestNodeIsRight) {
  SpokenVersions spoken(NodeId{2}, {1, 2});
  EXPECT_TRUE(spoken.heard(NodeId{1}, {3, 4}));
  EXPECT_FALSE(spoken.heard(NodeId{1}, {3, 4})) << "no news";
  EXPECT_TRUE(spoken.agree(three).leaves_out(NodeId{2}));
  EXPECT_EQ(spoken.agree(three).range, (wire::VersionRange{3, 4}));
  spoken.forget(NodeId{1});
  EXPECT_FALSE(spoken.agree(three).leaves_out(NodeId{2}));
}

TEST(SpokenVersions, EachThatFollowsMustFitThoseBeforeIt) {
  SpokenVersions spoken(NodeId{1}, {1, 3});
  spoken.heard(NodeId{2}, {1, 2});
  spoken.heard(NodeId{3}, {3, 3});
  EXPECT_EQ(spoken.agree(three).range, (wire::VersionRange{1, 2}));
  EXPECT_THAT(spoken.agree(three).left_out, ElementsAre(NodeId{3}));
}

struct SpeechTest : testing::Test {
  World world{small_cluster(3)};
  void start(std::map<std::uint32_t, wire::Speech> speech, std::uint32_t count = 2) {
    for (std::uint32_t id = 1; id <= count; ++id) {
      Machine& machine = world.add(id);
      if (!speech.contains(id)) continue;
      machine.speech = speech[id];
      machine.make_node(world.config);
    }
    world.start();
  }
  template <class Payload>
  int count() {
    return static_cast<int>(std::count_if(world.sent.begin(), world.sent.end(), [](const wire::Message& m) {
      return std::holds_alternative<Payload>(m.payload);
    }));
  }
};

TEST_F(SpeechTest, AnOldAndANewBuildAgreeAndDecideAlike) {
  for (const std::uint32_t old : {1u, 2u}) {
    world = World{small_cluster(2)};
    start({{old, first_build}});
    world.view({1, 2});
    world.run(20);
    for (const std::uint32_t id : {1u, 2u}) {
      ASSERT_TRUE(world.node(id).synced()) << world.node(id).unsynced_because();
      EXPECT_EQ(world.node(id).state().feature_level, 1u);
    }
    EXPECT_THAT(world.versions, Each(1)) << "the old one reads nothing else";
    EXPECT_EQ(world[3 - old].log.count("an older build runs on"), 1);
    EXPECT_EQ(world[old].log.count("an older build"), 0);
    world.request(2, RequestKind::start, "web", NodeId{1});
    world.run(200);
    ASSERT_EQ(world[2].answers.size(), 1u);
    EXPECT_THAT(world[2].answers[0], StartsWith("done"));
    EXPECT_EQ(count<wire::Confirm>(), 0) << "level 1 does not know it";
    EXPECT_EQ(wire::digest_of(world.node(1).state()), wire::digest_of(world.node(2).state()));
    world.view({2});
    world.run(200);
    EXPECT_EQ(state_of(world.node(2).state(), 2, "web"), ResourceState::in_service) << "and take over";
  }
}

TEST_F(SpeechTest, AfterTheUpgradeTheNewLevelBeginsForAllAtOnce) {
  start({{2, first_build}});
  world.view({1, 2});
  world.run(20);
  ASSERT_EQ(world.node(1).state().feature_level, 1u);
  world.view({1});
  world.run(20);
  EXPECT_EQ(world.node(1).state().feature_level, 2u) << "the view has no old build any more";
  world[2].speech = wire::built_speech;
  world[2].make_node(world.config);
  world.node(2).start();
  world.run(20);
  world.versions.clear();
  world.view({1, 2});
  world.run(20);
  for (const std::uint32_t id : {1u, 2u}) EXPECT_EQ(world.node(id).state().feature_level, 2u);
  world.versions.clear();
  world.run(1500);
  EXPECT_THAT(world.versions, Each(2));
}

TEST_F(SpeechTest, WhoHasNothingInCommonTakesNoPartAndSaysSo) {
  start({{1, first_build}, {2, {{2, 2}, 2}}});
  world[2].agents.running[ResourceName{"ip"}] = true;
  world.view({1, 2});
  world.run_polling(4000);
  ASSERT_TRUE(world.node(1).synced());
  EXPECT_THAT(world.node(1).state().members, ElementsAre(NodeId{1}));
  EXPECT_EQ(world.node(1).state().nodes.at(NodeId{2}).standing, Standing::set_aside) << "not failed";
  EXPECT_EQ(world[1].log.count("beta speaks versions 2 of the protocol, this node 1"), 1);
  EXPECT_FALSE(world.node(2).synced());
  EXPECT_THAT(world.node(2).unsynced_because(),
              HasSubstr("no version of the protocol is common to this node (2) and alpha"));
  EXPECT_EQ(world[2].log.count("takes no part until one of them is upgraded"), 1);
  EXPECT_EQ(world[1].log.count("could not be read") + world[2].log.count("could not be read"), 0);
  EXPECT_TRUE(world[2].agents.running[ResourceName{"ip"}]);
}

TEST_F(SpeechTest, AStrangerDelaysNoLaterSync) {
  start({{1, first_build}, {2, first_build}, {3, {{2, 2}, 2}}}, 3);
  world.view({1, 2, 3});
  world.run_polling(4000);
  ASSERT_TRUE(world.node(1).synced());
  world.view({2, 3});
  world.run(150);
  EXPECT_TRUE(world.node(2).synced()) << "it is not waited for: " << world.node(2).unsynced_because();
}

TEST_F(SpeechTest, AnOperatorIsAnsweredWhenAllMembersKnow) {  // trap 3
  start({});
  world.view({1, 2});
  world.run(20);
  world.request(1, RequestKind::start, "web", NodeId{1});
  world.run(200);
  ASSERT_EQ(world[1].answers.size(), 1u);
  EXPECT_EQ(count<wire::Confirm>(), 1);
  world.unheard = [](const wire::Message& m, NodeId to) {
    return to == NodeId{2} && std::holds_alternative<wire::Confirm>(m.payload);
  };
  world.request(1, RequestKind::stop, "web");
  world.run(200);
  EXPECT_EQ(world[1].answers.size(), 1u) << "beta has not said that it knows";
  world.view({1});  // beta is dead: who is left knows all
  world.run(20);
  EXPECT_EQ(world[1].answers.size(), 2u);
}

TEST_F(SpeechTest, AnAnswerIsNotHeldBackForEver) {
  start({});
  world.view({1, 2});
  world.run(20);
  world.unheard = [](const wire::Message& m, NodeId to) {
    return to == NodeId{2} && std::holds_alternative<wire::Confirm>(m.payload);
  };
  world.request(1, RequestKind::start, "ip", NodeId{1});
  world.run(200);
  EXPECT_TRUE(world[1].answers.empty());
  world[1].engine.listener()->on_engine_lost("exit status 8");
  world.run(11'000);
  EXPECT_EQ(world[1].answers.size(), 1u);
}

}  // namespace
}  // namespace holdfast::testing_doubles
