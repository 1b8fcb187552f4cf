// The rules of failover as far as the core alone shows them; the scenarios show them with a whole cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "play.h"

namespace holdfast::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Play three_stack(Profile profile = Profile::linux_like, std::uint32_t nodes = 2) {
  Play play(ConfigMaker(nodes, profile).resource("ip").resource("db", {"ip"}).resource("web", {"db"}).done());
  std::vector<NodeId> members;
  for (std::uint32_t i = 1; i <= nodes; ++i) members.push_back(n(i));
  play.view(members);
  return play;
}

TEST(Core, StartsFromTheBottomUpAndStopsFromTheTopDown_R2) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  EXPECT_THAT(play.order, ElementsAre("start ip on alpha", "start db on alpha", "start web on alpha"));
  ASSERT_EQ(play.answers.size(), 1u);
  EXPECT_EQ(play.answers[0].kind, AnswerKind::done);
  play.order.clear();
  play.request(RequestKind::stop, "ip");
  EXPECT_THAT(play.order, ElementsAre("stop web on alpha", "stop db on alpha", "stop ip on alpha"));
  EXPECT_EQ(play.answers.at(1).kind, AnswerKind::done);
  EXPECT_TRUE(play.same_twice);
}

TEST(Core, IndependentResourcesStartInParallel_R2) {
  Play play(ConfigMaker(2).resource("a").resource("b").resource("top", {"a", "b"}).done());
  play.view({n(1), n(2)});
  const Outcome outcome = play.apply(Requested{{{n(1), 1, 1}, RequestKind::start, r("top"), n(1), Force::no}});
  EXPECT_EQ(std::count_if(outcome.actions.begin(), outcome.actions.end(),
                          [](const Action& a) { return std::holds_alternative<RunOperation>(a); }),
            2);
}

TEST(Core, AStopWaitsForTheEndOfTheStartUnderWay_R2) {
  Play play(ConfigMaker(2).resource("a").done());
  play.view({n(1), n(2)});
  play.apply(Requested{{{n(1), 1, 1}, RequestKind::start, r("a"), n(1), Force::no}});
  ASSERT_EQ(play.at(1, "a"), ResourceState::starting);
  play.apply(Requested{{{n(1), 1, 2}, RequestKind::stop, r("a"), std::nullopt, Force::no}});
  EXPECT_EQ(play.pending.size(), 1u) << "one operation of a resource at a time";
  play.run();
  EXPECT_THAT(play.order, ElementsAre("start a on alpha", "stop a on alpha"));
}

TEST(Core, ADeadNodesHierarchyGoesToTheHighestPriorityLiveNodeWithoutAStop_N1_N3_N4) {
  Play play = three_stack(Profile::linux_like, 3);
  play.request(RequestKind::start, "web", n(1));
  play.order.clear();
  play.power_off(n(1));
  play.view({n(2), n(3)}, {{n(1), Absence::no_answer}});
  play.run();
  EXPECT_THAT(play.order, ElementsAre("start ip on beta", "start db on beta", "start web on beta"));
  EXPECT_TRUE(play.said("N4", "web goes to beta"));
  // V3: every node that was not chosen, and why not.
  const auto takeover = std::find_if(play.decisions.begin(), play.decisions.end(),
                                     [](const Decision& d) { return d.reason.rule == "N4" && d.message == 4010; });
  ASSERT_NE(takeover, play.decisions.end());
  ASSERT_EQ(takeover->reason.rejected.size(), 2u);
  EXPECT_EQ(takeover->reason.rejected[0].node, n(1));
  EXPECT_THAT(takeover->reason.rejected[1].why, HasSubstr("lower priority than beta"));
}

TEST(Core, TheNextNodeTakesOverWhenTheFirstFailsToo_N4) {
  Play play = three_stack(Profile::linux_like, 3);
  play.request(RequestKind::start, "web", n(1));
  play.power_off(n(1));
  play.view({n(2), n(3)}, {{n(1), Absence::no_answer}});
  play.finish_one();  // ip runs on beta, db is starting there
  play.order.clear();
  play.power_off(n(2));
  play.view({n(3)}, {{n(1), Absence::no_answer}, {n(2), Absence::no_answer}});
  play.run();
  EXPECT_THAT(play.order, ElementsAre("start ip on gamma", "start db on gamma", "start web on gamma"));
}

TEST(Core, ANodeThatLeftInOrderIsNotTakenOver_N5) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  play.order.clear();
  play.view({n(2)}, {{n(1), Absence::left_in_order}});
  play.run();
  EXPECT_THAT(play.order, IsEmpty());
  EXPECT_EQ(wanted_on(play.state, r("web")), n(1));
}

TEST(Core, ADeadDaemonHasItsGraceAndOnlyOne_N7) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  play.order.clear();
  play.view({n(2)}, {{n(1), Absence::daemon_dead}});
  play.run();
  EXPECT_THAT(play.order, IsEmpty());
  ASSERT_FALSE(play.timers.empty());
  EXPECT_EQ(play.timers.back().timer.kind, TimerKind::daemon_grace);
  EXPECT_EQ(play.timers.back().after, Millis{10000});
  play.apply(TimerFired{{TimerKind::daemon_grace, n(1)}});
  play.run();
  EXPECT_TRUE(play.runs(2, "web"));
  play.view({n(2)}, {{n(1), Absence::daemon_dead}});  // a new sync does not give it a second one
  EXPECT_EQ(play.state.nodes.at(n(1)).standing, Standing::failed);
}

TEST(Core, ADaemonThatComesBackIsAdopted_N7_R5) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  play.order.clear();
  play.view({n(2)}, {{n(1), Absence::daemon_dead}});
  play.facts[n(1)].incarnation = 2;
  play.view({n(1), n(2)});
  play.run();
  EXPECT_THAT(play.order, IsEmpty());
  EXPECT_TRUE(play.runs(1, "web"));
}

TEST(Core, AFailedStartKeepsWhatRuns_S1) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  play.failing = {"start db on beta"};
  play.power_off(n(1));
  play.view({n(2)}, {{n(1), Absence::no_answer}});
  play.run();
  EXPECT_TRUE(play.runs(2, "ip"));
  EXPECT_EQ(play.at(2, "db"), ResourceState::failed);
  EXPECT_EQ(play.at(2, "web"), ResourceState::out_of_service);
  EXPECT_TRUE(play.said("S1", "ip stays in service; web stays out of service"));
}

TEST(Core, AFailedStartTakesDownWhatTheFailoverStarted_S2) {
  Play play = three_stack(Profile::windows_like);
  play.request(RequestKind::start, "web", n(1));
  play.order.clear();
  play.failing = {"start web on beta"};
  play.power_off(n(1));
  play.view({n(2)}, {{n(1), Absence::no_answer}});
  play.run();
  EXPECT_THAT(play.order, ElementsAre("start ip on beta", "start db on beta", "start web on beta", "stop db on beta",
                                      "stop ip on beta"));
}

TEST(Core, OtherHierarchiesGoOn_S3) {
  Play play(ConfigMaker(2, Profile::windows_like).resource("a").resource("b").done());
  play.view({n(1), n(2)});
  play.request(RequestKind::start, "a", n(1));
  play.request(RequestKind::start, "b", n(1));
  play.failing = {"start a on beta"};
  play.power_off(n(1));
  play.view({n(2)}, {{n(1), Absence::no_answer}});
  play.run();
  EXPECT_TRUE(play.runs(2, "b"));
  EXPECT_FALSE(play.runs(2, "a"));
}

TEST(Core, AnOperatorsMoveBehavesAsLinuxInEitherProfile_S4) {
  Play play = three_stack(Profile::windows_like);
  play.request(RequestKind::start, "web", n(1));
  play.failing = {"start web on beta"};
  play.request(RequestKind::move, "web", n(2));
  EXPECT_TRUE(play.runs(2, "ip"));
  EXPECT_TRUE(play.runs(2, "db"));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::failed);
  EXPECT_THAT(play.answers.back().text, HasSubstr("web did not start on beta"));
}

TEST(Core, AMoveStopsEverythingBeforeItStartsAnything_O2) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  play.order.clear();
  play.request(RequestKind::move, "ip", n(2));
  EXPECT_THAT(play.order, ElementsAre("stop web on alpha", "stop db on alpha", "stop ip on alpha", "start ip on beta",
                                      "start db on beta", "start web on beta"));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::done);
}

TEST(Core, NothingStartsElsewhereAfterAFailedStop_F4) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  play.order.clear();
  play.failing = {"stop db on alpha"};
  play.request(RequestKind::move, "web", n(2));
  EXPECT_THAT(play.order, ElementsAre("stop web on alpha", "stop db on alpha"));
  EXPECT_TRUE(play.runs(1, "ip"));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::failed);
  EXPECT_THAT(play.answers.back().text, HasSubstr("db did not stop on alpha"));
  play.request(RequestKind::start, "web", n(2));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::refused);
  play.failing.clear();
  play.request(RequestKind::stop, "ip");
  EXPECT_EQ(play.answers.back().kind, AnswerKind::done) << play.answers.back().text;
  play.request(RequestKind::start, "web", n(2));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::done) << play.answers.back().text;
}

TEST(Core, RequestsThatMakeNoSenseAreRefusedWithTheReason_O2) {
  Play play = three_stack(Profile::linux_like, 3);
  play.request(RequestKind::move, "web", n(2));
  EXPECT_THAT(play.answers.back().text, HasSubstr("nothing of web's hierarchy is in service"));
  play.request(RequestKind::start, "web", n(1));
  play.request(RequestKind::start, "web", n(2));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::refused);
  EXPECT_THAT(play.answers.back().text, HasSubstr("holdfast resource move"));
  play.view({n(1), n(2)}, {{n(3), Absence::no_answer}});
  play.request(RequestKind::move, "web", n(3));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::refused);
  EXPECT_THAT(play.answers.back().text, HasSubstr("gamma cannot take"));
  play.request(RequestKind::start, "nothing");
  EXPECT_THAT(play.answers.back().text, HasSubstr("no resource nothing"));
}

TEST(Core, StartOfWhatRunsAndStopOfWhatDoesNotAreDone) {
  Play play = three_stack();
  play.request(RequestKind::stop, "web");
  EXPECT_EQ(play.answers.back().kind, AnswerKind::done);
  play.request(RequestKind::start, "web", n(1));
  play.request(RequestKind::start, "web", n(1));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::done);
  EXPECT_EQ(play.order.size(), 3u);
}

TEST(Core, AfterAnOutageTheFirstNodeWaitsAndThenTakesAll_O1) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  DurableState durable = make_durable(play.state, n(2), 1, "boot");
  Play later(play.state.config);
  later.state = initial_state(play.state.config, durable);
  later.view({n(2)}, {{n(1), Absence::never_seen}});
  later.run();
  EXPECT_THAT(later.order, IsEmpty());
  ASSERT_EQ(later.timers.size(), 1u);
  EXPECT_EQ(later.timers[0].timer.kind, TimerKind::startup_wait);
  later.apply(TimerFired{{TimerKind::startup_wait, {}}});
  later.run();
  EXPECT_TRUE(later.runs(2, "web"));
}

TEST(Core, AfterAnOutageEverythingComesUpWhereItWas_O1) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(2));
  Play later(play.state.config);
  later.state = initial_state(play.state.config, make_durable(play.state, n(2), 1, "boot"));
  later.view({n(1), n(2)});
  later.run();
  EXPECT_THAT(later.order, ElementsAre("start ip on beta", "start db on beta", "start web on beta"));
  EXPECT_TRUE(later.said("O1", "comes up on beta"));
}

TEST(Core, WhatWasMovedMeanwhileDoesNotComeBack_O1) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  play.power_off(n(1));
  play.view({n(2)}, {{n(1), Absence::no_answer}});
  play.run();
  play.order.clear();
  play.view({n(1), n(2)});
  play.run();
  EXPECT_THAT(play.order, IsEmpty());
  EXPECT_TRUE(play.runs(2, "web"));
}

TEST(Core, AfterASplitWhatRunsOnOneSideOnlyStaysThere_B3) {
  Play play(ConfigMaker(2).resource("ip").resource("web", {"ip"}).done());
  play.view({n(1), n(2)});
  play.request(RequestKind::start, "web", n(1));
  const NodeFacts alpha = play.facts[n(1)];
  play.failing = {"start ip on beta"};  // the duplicate check found the address in use
  play.facts[n(1)] = Play::fresh(n(1), 1);
  play.view({n(2)}, {{n(1), Absence::no_answer}});
  play.run();
  play.order.clear();
  play.facts[n(1)] = alpha;
  play.view({n(1), n(2)});
  play.run();
  EXPECT_THAT(play.order, IsEmpty());
  EXPECT_EQ(wanted_on(play.state, r("web")), n(1));
}

TEST(Core, WhatRunsTwiceIsReportedAndLeft_B4) {
  Play play(ConfigMaker(2).resource("a").done());
  play.view({n(1), n(2)});
  play.request(RequestKind::start, "a", n(1));
  const NodeFacts alpha = play.facts[n(1)];
  play.facts[n(1)] = Play::fresh(n(1), 1);
  play.view({n(2)}, {{n(1), Absence::no_answer}});
  play.run();
  play.order.clear();
  play.facts[n(1)] = alpha;
  play.view({n(1), n(2)});
  play.run();
  EXPECT_THAT(play.order, IsEmpty());
  EXPECT_TRUE(play.said("B4", "a is in service on alpha and beta"));
  play.request(RequestKind::stop, "a", n(1));
  EXPECT_FALSE(play.runs(1, "a"));
  EXPECT_TRUE(play.runs(2, "a"));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::done);
}

TEST(Core, FoundInServiceIsReportedNotKilled_R6) {
  Play play(ConfigMaker(2).resource("a").done());
  play.view({n(1), n(2)});
  ResourceFact fact;
  fact.state = ResourceState::in_service;
  play.tell(n(2), r("a"), fact);
  play.run();
  EXPECT_THAT(play.order, IsEmpty());
  EXPECT_TRUE(play.said("R6", "nobody started it"));
}

TEST(Core, ARequestSurvivesAChangeOfTheView) {
  Play play = three_stack(Profile::linux_like, 3);
  Request request{{n(1), 1, 77}, RequestKind::start, r("web"), n(1), Force::no};
  play.facts[n(1)].requests[request.id] = request;
  play.apply(Requested{request});
  play.finish_one();
  play.view({n(1), n(2)}, {{n(3), Absence::no_answer}});
  play.run();
  EXPECT_THAT(play.order, ElementsAre("start ip on alpha", "start db on alpha", "start web on alpha"));
  ASSERT_EQ(play.answers.size(), 1u);
  EXPECT_EQ(play.answers[0].kind, AnswerKind::done);
}

TEST(Core, AMemberWhoseConfigurationDiffersTakesNoPart) {
  Play play = three_stack();
  play.request(RequestKind::start, "web", n(1));
  play.order.clear();
  play.view({n(1)}, {{n(2), Absence::config_differs}});
  play.request(RequestKind::move, "web", n(2));
  EXPECT_EQ(play.answers.back().kind, AnswerKind::refused);
  EXPECT_THAT(play.answers.back().text, HasSubstr("configuration differs"));
}

}  // namespace
}  // namespace holdfast::core
