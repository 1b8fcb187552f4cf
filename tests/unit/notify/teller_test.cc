// What is told of real decisions, by whom, and how often (V5).
#include "notify/teller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../core/play.h"
#include "model/names.h"

namespace holdfast::notify {
namespace {

using core::ConfigMaker;
using core::n;
using core::Play;
using core::r;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A cluster in which each node has its teller; `told` is what the world hears, as `<teller>: <kind>: <subject>`.
struct World {
  explicit World(ConfigMaker maker) : config(linked(std::move(maker))), play(config) { listen(play); }

  static std::shared_ptr<const ClusterConfig> linked(ConfigMaker maker) {
    for (NodeConfig& node : maker.config.nodes)
      for (int k = 1; k <= 2; ++k)
        node.links.push_back("10.77." + std::to_string(k) + "." + std::to_string(node.id.value));
    return maker.done();
  }
  void listen(Play& side) {
    side.heard = [this](const Event& event, const Outcome& outcome, const ClusterState& state) {
      for (const NodeId member : state.members)
        for (Notification& one : tellers.try_emplace(member, member).first->second.take(event, outcome, state)) {
          told.push_back(one.teller + ": " + std::string(name_of(one.kind)) + ": " + one.subject);
          all.push_back(std::move(one));
        }
    };
  }
  std::vector<std::string> kinds() const {
    std::vector<std::string> names;
    for (const Notification& one : all) names.emplace_back(name_of(one.kind));
    return names;
  }
  const Notification& one(NotificationKind kind) const {
    static const Notification none;
    for (const Notification& found : all)
      if (found.kind == kind) return found;
    return none;
  }
  void forget() {
    told.clear();
    all.clear();
  }
  /// All are members; the daemon of `fresh` was started anew and has not seen any view yet.
  void view_with_fresh(std::uint32_t fresh) {
    ViewSynced view;
    view.epoch = {n(1), 1, ++play.epoch};
    for (const NodeConfig& node : config->nodes) {
      view.members.push_back(node.id);
      view.reports.push_back(core::make_report(play.state, play.facts[node.id]));
      view.reports.back().feature_level = 2;
      if (node.id == n(fresh)) view.reports.back().settled = false;
    }
    tellers.erase(n(fresh));
    play.apply(view);
  }
  void links(std::uint32_t node, std::vector<LinkFact> facts) {
    play.facts[n(node)].links = facts;
    play.apply(LinksChanged{n(node), ++play.facts[n(node)].sequence, facts});
  }

  std::shared_ptr<const ClusterConfig> config;
  Play play;
  std::map<NodeId, Teller> tellers;
  std::vector<std::string> told;
  std::vector<Notification> all;
};

World stack(std::uint32_t nodes = 3, Profile profile = Profile::linux_like) {
  World world(ConfigMaker(nodes, profile).resource("ip").resource("db", {"ip"}));
  return world;
}

/// All are there and db runs on `home`; nothing of that is told any more.
void run_on(World& world, std::uint32_t home) {
  world.listen(world.play);
  std::vector<NodeId> members;
  for (const NodeConfig& node : world.config->nodes) members.push_back(node.id);
  world.play.view(members);
  world.play.request(RequestKind::start, "db", n(home));
  world.forget();
}

TEST(Teller, EveryNodeTellsItsOwnStartOnce) {
  World world = stack();
  world.listen(world.play);
  world.play.view({n(1), n(2), n(3)});
  world.play.view({n(1), n(2)}, {{n(3), Absence::left_in_order}});
  world.play.view({n(1), n(2), n(3)});
  EXPECT_THAT(world.told, ElementsAre("alpha: node-started: alpha has started", "beta: node-started: beta has started",
                                      "gamma: node-started: gamma has started",
                                      "alpha: node-stopped: gamma left in order: nothing is taken over",
                                      "alpha: node-back: gamma is heard again"));
}

TEST(Teller, ADeadNodeIsToldOnceWithWhatGoesWhereAndWhy_N4) {
  World world = stack();
  run_on(world, 1);
  world.play.power_off(n(1));
  world.play.view({n(2), n(3)}, {{n(1), Absence::no_answer}});
  ASSERT_THAT(world.told, ElementsAre("beta: node-failed: alpha failed; db and ip go to beta"));
  const Notification& failed = world.all.front();
  EXPECT_EQ(failed.node, "alpha");
  EXPECT_THAT(failed.resources, ElementsAre("db", "ip"));
  EXPECT_EQ(failed.severity, Severity::error);
  EXPECT_THAT(failed.lines, ElementsAre("alpha does not answer over any link: it failed [N1]",
                                        HasSubstr("ip goes to beta, the highest-priority live node; not alpha: "),
                                        HasSubstr("; not gamma: ")));
  world.forget();
  world.play.run();
  EXPECT_THAT(world.told, ElementsAre("beta: takeover-done: taken over from alpha: db and ip on beta"));
  EXPECT_THAT(world.all.front().resources, ElementsAre("db", "ip"));
}

TEST(Teller, AManyfoldTakeoverIsToldTwice_AtItsBeginAndAtItsEnd) {
  ConfigMaker maker(2);
  for (int i = 0; i < 60; ++i) maker.resource("r" + std::to_string(100 + i));
  World world(maker);
  world.listen(world.play);
  world.play.view({n(1), n(2)});
  for (int i = 0; i < 60; ++i) world.play.request(RequestKind::start, "r" + std::to_string(100 + i), n(1));
  world.forget();
  world.play.failing = {"start r130 on beta"};
  world.play.power_off(n(1));
  world.play.view({n(2)}, {{n(1), Absence::no_answer}});
  world.play.run();
  EXPECT_THAT(world.kinds(), ElementsAre("node-failed", "start-failed", "takeover-done", "takeover-failed"));
  EXPECT_EQ(world.one(NotificationKind::node_failed).resources.size(), 60U);
  EXPECT_EQ(world.one(NotificationKind::takeover_done).resources.size(), 59U);
  EXPECT_THAT(world.one(NotificationKind::takeover_failed).resources, ElementsAre("r130"));
}

TEST(Teller, AfterASplitEveryResourceInServiceTwiceIsToldOnce_B4) {
  World world = stack(2);
  run_on(world, 1);
  Play other = world.play;
  world.listen(other);
  world.play.view({n(1)}, {{n(2), Absence::no_answer}});
  other.view({n(2)}, {{n(1), Absence::no_answer}});
  other.run();
  EXPECT_THAT(world.told, ElementsAre("alpha: node-failed: beta failed; nothing of it has to be taken over",
                                      "beta: node-failed: alpha failed; db and ip go to beta",
                                      "beta: takeover-done: taken over from alpha: db and ip on beta"))
      << "both sides tell what they see";
  world.forget();
  world.play.facts[n(2)] = other.facts[n(2)];
  world.play.epoch = 10;
  world.play.view({n(1), n(2)});
  EXPECT_THAT(world.told,
              ElementsAre("alpha: node-back: beta is heard again",
                          "alpha: in-service-twice: 2 resources are in service on more than one node: db and ip"));
  const Notification& twice = world.one(NotificationKind::in_service_twice);
  EXPECT_THAT(twice.resources, ElementsAre("db", "ip"));
  EXPECT_THAT(twice.lines, Each(HasSubstr(" is in service on alpha and beta: both stay, an operator decides")));
  world.forget();
  world.play.view({n(1), n(2)});  // the levels look again and say the same
  EXPECT_THAT(world.told, IsEmpty());
  world.play.view({n(2)}, {{n(1), Absence::left_in_order}});
  world.play.facts[n(1)].incarnation = 2;
  world.view_with_fresh(1);
  world.play.view({n(1), n(2)});
  EXPECT_THAT(world.told, ElementsAre("beta: node-stopped: alpha left in order: nothing is taken over",
                                      "alpha: node-started: alpha has started"))
      << "a daemon's restart repeats nothing";
}

TEST(Teller, ProfileWindowsTellsWhatIsRemoved_B5) {
  World world = stack(2, Profile::windows_like);
  run_on(world, 1);
  Play other = world.play;
  other.view({n(2)}, {{n(1), Absence::no_answer}});
  other.run();
  world.play.view({n(1)}, {{n(2), Absence::no_answer}});
  world.forget();
  world.play.facts[n(2)] = other.facts[n(2)];
  world.play.epoch = 10;
  world.play.view({n(1), n(2)});
  EXPECT_THAT(world.one(NotificationKind::resource_removed).resources, ElementsAre("db", "ip"));
  EXPECT_THAT(world.kinds(), Contains("in-service-twice").Times(0));
  EXPECT_THAT(world.kinds(), Contains("resource-removed").Times(1));
}

TEST(Teller, PathsAreToldOnceForBothEnds_L2) {
  World world = stack(2);
  run_on(world, 1);
  const auto to = [](std::uint32_t peer, bool first, bool second) {
    return std::vector<LinkFact>{{n(peer), LinkIndex{0}, first}, {n(peer), LinkIndex{1}, second}};
  };
  world.links(1, to(2, true, false));
  world.links(2, to(1, true, true));
  EXPECT_THAT(world.told, IsEmpty()) << "a path that was never up is not news";
  world.links(1, to(2, true, true));
  EXPECT_THAT(world.told, IsEmpty()) << "nor is one that is up for the first time";
  world.links(1, to(2, false, true));
  world.links(2, to(1, false, true));
  world.links(2, to(1, true, true));
  world.links(1, to(2, true, true));
  EXPECT_THAT(world.told, ElementsAre("alpha: link-down: communication path down: alpha 10.77.1.1 - beta 10.77.1.2",
                                      "alpha: link-up: communication path up: alpha 10.77.1.1 - beta 10.77.1.2"));
}

TEST(Teller, ASwitchoverIsToldAtItsBeginAndItsEnd_O2) {
  World world = stack(2);
  run_on(world, 1);
  world.play.request(RequestKind::move, "db", n(2));
  EXPECT_THAT(world.told, ElementsAre("alpha: switchover-begun: an operator moves db to beta",
                                      "alpha: switchover-done: switchover of db to beta is complete"));
  EXPECT_THAT(world.all.back().resources, ElementsAre("db", "ip"));
  world.forget();
  world.play.failing = {"start db on alpha"};
  world.play.request(RequestKind::move, "db", n(1));
  EXPECT_THAT(world.kinds(), ElementsAre("switchover-begun", "start-failed", "switchover-failed"));
}

TEST(Teller, AFailedResourceThatIsRecoveredOrMoved_F1_F3_F5) {
  World world = stack(2);
  run_on(world, 1);
  ResourceFact fact = world.play.facts[n(1)].resources[r("db")];
  const auto becomes = [&](ResourceState state, Failure failure) {
    fact.state = state;
    fact.failure = failure;
    fact.cause = failure == Failure::none ? "" : "process 7 ended";
    world.play.tell(n(1), r("db"), fact);
  };
  becomes(ResourceState::failed, Failure::in_service);
  world.play.pending.clear();
  becomes(ResourceState::recovering, Failure::none);
  becomes(ResourceState::in_service, Failure::none);
  EXPECT_THAT(world.told, ElementsAre("alpha: resource-failed: db failed on alpha: process 7 ended",
                                      "alpha: recovery-begun: db failed on alpha: local recovery begins",
                                      "alpha: recovery-done: db is recovered on alpha"));
  world.forget();
  becomes(ResourceState::failed, Failure::in_service);
  world.play.pending.clear();
  becomes(ResourceState::failed, Failure::none);
  world.forget();
  fact.state = ResourceState::recovering;
  world.play.tell(n(1), r("db"), fact);
  becomes(ResourceState::failed, Failure::recovery);
  world.play.run();
  EXPECT_THAT(world.kinds(), UnorderedElementsAre("recovery-failed", "failover-begun", "failover-done"));
  EXPECT_EQ(world.one(NotificationKind::failover_done).subject, "failover of db and ip to beta is complete");
}

TEST(Teller, TheNextOneRepeatsWhatALostTellerMayNotHaveTold) {
  World world = stack();
  run_on(world, 3);
  world.play.power_off(n(3));
  world.play.view({n(1), n(2)}, {{n(3), Absence::no_answer}});
  EXPECT_THAT(world.told, ElementsAre("alpha: node-failed: gamma failed; db and ip go to alpha"));
  world.forget();
  world.play.power_off(n(1));
  world.play.view({n(2)}, {{n(1), Absence::no_answer}, {n(3), Absence::no_answer}});
  EXPECT_THAT(world.told, ElementsAre("beta: node-failed: gamma failed; db and ip go to alpha",
                                      "beta: node-failed: alpha failed; db and ip go to beta"));
  EXPECT_THAT(world.all.front().lines.back(), HasSubstr("alpha was to tell this and was lost"));
}

TEST(Teller, ALastNodeTellsThatItStops) {
  World world = stack(2);
  run_on(world, 1);
  EXPECT_FALSE(world.tellers.at(n(1)).leave(world.play.state)) << "beta will say that it left";
  world.play.view({n(1)}, {{n(2), Absence::left_in_order}});
  const auto last = world.tellers.at(n(1)).leave(world.play.state);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->kind, NotificationKind::node_stopping);
  EXPECT_EQ(last->subject, "alpha stops, and no other node is there");
}

TEST(Kinds, LifeKeepersTrapNumbers) {
  const auto number = [](std::string_view word) { return trap_number(*value_named<NotificationKind>(word)); };
  EXPECT_EQ(number("node-started"), 100U);
  EXPECT_EQ(number("node-stopping"), 101U);
  EXPECT_EQ(number("node-stopped"), 102U);
  EXPECT_EQ(number("switchover-begun"), 110U);
  EXPECT_EQ(number("switchover-done"), 111U);
  EXPECT_EQ(number("switchover-failed"), 112U);
  EXPECT_EQ(number("node-failed"), 120U);
  EXPECT_EQ(number("takeover-done"), 121U);
  EXPECT_EQ(number("takeover-failed"), 122U);
  EXPECT_EQ(number("recovery-begun"), 130U);
  EXPECT_EQ(number("recovery-failed"), 131U);
  EXPECT_EQ(number("recovery-done"), 132U);
  EXPECT_EQ(number("link-up"), 140U);
  EXPECT_EQ(number("link-down"), 141U);
}

}  // namespace
}  // namespace holdfast::notify
