// Another configuration for a running cluster: what is refused, what changes, what stays (O7, V9).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config_change.h"
#include "core/config_diff.h"
#include "core/fit_intents.h"
#include "core/hierarchy.h"
#include "play.h"

namespace holdfast::core {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct LiveConfig : testing::Test {
  Play play{ConfigMaker(3).resource("ip").resource("web", {"ip"}).resource("db").done()};
  ClusterConfig next = *play.state.config;

  LiveConfig() {
    play.state.stamp = {0, Digest{1}, {}};
    for (auto& [id, facts] : play.facts) facts.config = Digest{1};
    play.view({n(1), n(2), n(3)});
    play.request(RequestKind::start, "web", n(1));
    play.request(RequestKind::start, "db", n(2));
  }
  std::vector<std::string> refused() { return why_refused(play.state, next); }

  /// The answers so far, after `next` was asked for.
  AnswerRequest apply(Digest base = Digest{1}, Force force = Force::no) {
    Request request{{n(1), 1, ++play.request_number}, RequestKind::apply, {}, std::nullopt, force};
    request.proposal = ConfigProposal{base, Digest{2}, next, "text"};
    play.apply(Requested{request});
    for (const NodeId member : play.state.members)
      play.apply(ConfigStored{member, ++play.facts[member].sequence, Digest{2}});
    return play.answers.empty() ? AnswerRequest{} : play.answers.back();
  }
};

TEST_F(LiveConfig, DifferencesAreLines) {
  next.startup_wait = Millis{5000};
  next.nodes.pop_back();
  for (auto& [name, resource] : next.resources) std::erase(resource.nodes, n(3));
  next.resources.at(r("web")).timeouts.start = Millis{1500};
  next.resources.at(r("web")).parameters["port"] = "80";
  next.resources.erase(r("db"));
  next.resources[r("new")] = {r("new"), "script", {}, {}, {n(1)}, {}, 2, {}, {}, {}, {}, {}, {}};
  std::vector<std::string> lines;
  for (const ConfigChange& change : differences(*play.state.config, next)) lines.push_back(to_line(change));
  EXPECT_THAT(lines, ElementsAre("cluster: startup_wait 30s -> 5s", "node gamma: removed", "resource db: removed",
                                 "resource ip: nodes [\"alpha\", \"beta\", \"gamma\"] -> [\"alpha\", \"beta\"]",
                                 "resource new: added, agent script",
                                 "resource web: nodes [\"alpha\", \"beta\", \"gamma\"] -> [\"alpha\", \"beta\"]",
                                 "resource web: parameters.port (none) -> \"80\"",
                                 "resource web: timeouts.start 60s -> 1500ms"));
  EXPECT_THAT(differences(next, next), IsEmpty());
}

TEST_F(LiveConfig, SecretsAreNotShown) {
  next.nodes[0].fence.push_back({"fence_ipmilan", {{"password", "xyzzy"}}, {}});
  const auto changes = differences(*play.state.config, next);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(to_line(changes[0]), "node alpha: fence changed");
  next = *play.state.config;
  NotifyTarget target;
  target.name = "ops";
  target.community = "xyzzy";
  next.notify.push_back(target);
  const auto receivers = differences(*play.state.config, next);
  ASSERT_EQ(receivers.size(), 1u);
  EXPECT_EQ(to_line(receivers[0]), "cluster: notify changed");
}

TEST_F(LiveConfig, WhatRunsKeepsItsParameters) {
  next.resources.at(r("ip")).parameters["address"] = "10.0.0.2/24";
  EXPECT_THAT(refused(), ElementsAre("resource ip: its parameters cannot change while it is in service on alpha: stop "
                                     "it first: holdfast resource stop ip"));
  play.request(RequestKind::stop, "ip");
  EXPECT_THAT(refused(), IsEmpty());
}

TEST_F(LiveConfig, WhatRunsKeepsItsNode) {
  next.resources.at(r("db")).nodes = {n(1), n(3)};
  EXPECT_THAT(refused(), ElementsAre(HasSubstr("resource db: beta cannot be taken from its nodes")));
}

TEST_F(LiveConfig, WhatRunsBesideItsListMayStaySo) {  // B8: another side of a split has taken the node from its list
  auto before = std::make_shared<ClusterConfig>(*play.state.config);
  before->resources.at(r("db")).nodes = {n(1), n(3)};
  play.state.config = before;
  next = *before;
  next.startup_wait = Millis{5000};
  EXPECT_THAT(refused(), IsEmpty());
}

TEST_F(LiveConfig, AHierarchyStaysWhatItIsUntilItsStopHasEnded) {
  play.apply(Requested{{{n(1), 1, 77}, RequestKind::stop, r("ip"), std::nullopt, Force::no}});
  next.resources.at(r("db")).depends_on = {r("ip")};
  EXPECT_THAT(refused(), Contains("resource web: a start or stop of its hierarchy is under way: apply again when that "
                                  "has ended"));
  play.run();
  EXPECT_THAT(refused(), IsEmpty());
}

TEST_F(LiveConfig, AProfileThatWouldStopWhatRunsTwiceIsRefused) {
  ResourceFact runs;
  runs.state = ResourceState::in_service;
  play.tell(n(3), r("db"), runs);
  next.profile = Profile::windows_like;
  EXPECT_THAT(refused(), ElementsAre("resource db: it would be stopped on gamma, as it is in service on another node, "
                                     "too (B5): decide first which one stops: holdfast split resolve"));
}

TEST_F(LiveConfig, ANodeThatRunsSomethingStays) {
  std::erase_if(next.nodes, [](const NodeConfig& node) { return node.id == n(2); });
  for (auto& [name, resource] : next.resources) std::erase(resource.nodes, n(2));
  EXPECT_THAT(refused(), Contains(HasSubstr("node beta: cannot be removed while db is in service there")));
  play.request(RequestKind::move, "db", n(1));
  EXPECT_THAT(refused(), IsEmpty());
  EXPECT_EQ(apply().kind, AnswerKind::done);
  EXPECT_THAT(play.state.members, ElementsAre(n(1), n(3)));
  EXPECT_FALSE(play.state.nodes.contains(n(2)));
}

TEST_F(LiveConfig, IdsStay) {
  std::erase_if(next.nodes, [](const NodeConfig& node) { return node.id == n(2); });
  next.nodes[1].id = n(2);  // gamma moved up
  for (auto& [name, resource] : next.resources) resource.nodes = {n(1), n(2)};
  EXPECT_THAT(refused(), Contains("node gamma: its id is 3 and would be 2: write id = 3 under its name"));
  next = *play.state.config;
  next.nodes[1].name = "delta";
  EXPECT_THAT(refused(), Contains("node delta: id 2 is that of beta: write id = 4 under its name"));
}

TEST_F(LiveConfig, RunningHierarchiesAreJoinedOnOneNodeOnly) {
  next.resources.at(r("web")).depends_on.push_back(r("db"));
  EXPECT_THAT(refused(), ElementsAre(HasSubstr("it would be joined with")));
  play.request(RequestKind::move, "db", n(1));
  EXPECT_THAT(refused(), IsEmpty());
  EXPECT_EQ(apply().kind, AnswerKind::done);
  play.run();
  play.request(RequestKind::move, "web", n(3));
  EXPECT_TRUE(play.runs(3, "db"));
  EXPECT_TRUE(play.runs(3, "web"));
}

TEST_F(LiveConfig, JoinedAndSplitStaysWhereItIs) {
  play.request(RequestKind::move, "db", n(1));
  next.resources.at(r("web")).depends_on = {r("db")};
  ASSERT_EQ(apply().kind, AnswerKind::done);
  play.run();
  EXPECT_TRUE(play.runs(1, "ip"));
  EXPECT_TRUE(play.runs(1, "db"));
  EXPECT_TRUE(play.runs(1, "web"));
  play.power_off(n(1));
  play.view({n(2), n(3)}, {{n(1), Absence::no_answer}});
  play.run();
  for (const char* name : {"ip", "db", "web"}) EXPECT_TRUE(play.runs(2, name)) << name;
}

TEST_F(LiveConfig, ATakeoverFromARemovedNodeIsForgotten) {  // O7, O1: nobody is left to give it back to
  play.power_off(n(1));
  play.view({n(2), n(3)}, {{n(1), Absence::no_answer}});
  ASSERT_EQ(play.state.intents.at(r("ip")).takeover->from, n(1));
  next.nodes.erase(next.nodes.begin());
  for (auto& [name, resource] : next.resources) std::erase(resource.nodes, n(1));
  const auto fitted = fit_intents(play.state.intents, next, hierarchies_of(next));
  EXPECT_FALSE(fitted.at(r("ip")).takeover);
}

TEST_F(LiveConfig, OfATakeoverEachPartKeepsItsOwn) {  // O7, O1
  next.resources.at(r("web")).depends_on.clear();
  std::map<ResourceName, Intent> intents = play.state.intents;
  intents.at(r("ip")).takeover = Takeover{n(2), {r("ip")}};
  const auto fitted = fit_intents(intents, next, hierarchies_of(next));
  EXPECT_EQ(fitted.at(r("ip")).takeover, (Takeover{n(2), {r("ip")}}));
  EXPECT_FALSE(fitted.at(r("web")).takeover) << "nothing of it was taken over";
}

TEST_F(LiveConfig, WhatIsRemovedGoesOnRunning) {
  next.resources.erase(r("db"));
  EXPECT_THAT(refused(), IsEmpty());
  EXPECT_THAT(consequences(play.state, next), ElementsAre(HasSubstr("db goes on running on beta")));
  const auto before = play.order;
  EXPECT_EQ(apply().kind, AnswerKind::done);
  play.run();
  EXPECT_EQ(play.order, before);
  EXPECT_TRUE(play.said("O7", "db is no longer configured"));
  EXPECT_FALSE(play.state.intents.contains(r("db")));
}

TEST_F(LiveConfig, WhatIsNewStaysOutOfService) {
  next.resources[r("new")] = {r("new"), "script", {}, {}, {n(1), n(2)}, {}, 2, {}, {}, {}, {}, {}, {}};
  const auto before = play.order;
  EXPECT_EQ(apply().kind, AnswerKind::done);
  play.run();
  EXPECT_EQ(play.order, before);
  EXPECT_EQ(play.at(1, "new"), ResourceState::unknown);  // until the agent was asked
}

TEST_F(LiveConfig, IsAnsweredWhenAllHaveStoredIt) {
  next.startup_wait = Millis{5000};
  Request request{{n(1), 1, 99}, RequestKind::apply, {}, std::nullopt, Force::no};
  request.proposal = ConfigProposal{Digest{1}, Digest{2}, next, "text"};
  const std::size_t answers = play.answers.size();
  const Outcome outcome = play.apply(Requested{request});
  EXPECT_TRUE(std::any_of(outcome.actions.begin(), outcome.actions.end(),
                          [](const Action& a) { return std::holds_alternative<AdoptConfiguration>(a); }));
  play.apply(ConfigStored{n(1), ++play.facts[n(1)].sequence, Digest{2}});
  play.apply(ConfigStored{n(2), ++play.facts[n(2)].sequence, Digest{2}});
  EXPECT_EQ(play.answers.size(), answers);
  play.apply(ConfigStored{n(3), ++play.facts[n(3)].sequence, Digest{2}});
  ASSERT_EQ(play.answers.size(), answers + 1);
  EXPECT_EQ(play.answers.back().kind, AnswerKind::done);
  EXPECT_EQ(play.state.stamp, (ConfigStamp{1, Digest{2}, {Digest{1}}}));
}

TEST_F(LiveConfig, OutOfDateChangesNothing) {
  next.startup_wait = Millis{5000};
  const ClusterState before = play.state;
  const AnswerRequest answer = apply(Digest{77});
  EXPECT_EQ(answer.kind, AnswerKind::refused);
  EXPECT_THAT(answer.text, HasSubstr("out of date"));
  EXPECT_EQ(play.state.stamp, before.stamp);
  EXPECT_EQ(play.state.config, before.config);
}

TEST_F(LiveConfig, WithoutAMajorityItNeedsForce) {
  play.view({n(1)}, {{n(2), Absence::no_answer}, {n(3), Absence::no_answer}});
  play.run();
  next.startup_wait = Millis{5000};
  EXPECT_THAT(apply().text, HasSubstr("only 1 of 3 nodes are here"));
  EXPECT_EQ(apply(Digest{1}, Force::yes).kind, AnswerKind::done);
}

TEST_F(LiveConfig, ClusterNameAndEngineStay) {
  next.name = "other";
  next.port = 5500;
  EXPECT_THAT(refused(), ElementsAre(HasSubstr("cluster: name cannot change"), HasSubstr("cluster: port cannot")));
}

}  // namespace
}  // namespace holdfast::core
