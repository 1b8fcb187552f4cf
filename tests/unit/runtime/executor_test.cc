// Operations of agents: one at a time, joined, late, found by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "executor_fixture.h"

namespace holdfast::testing_doubles {
namespace {

using testing::ElementsAre;

TEST_F(ExecutorTest, AStartIsMarkedAtOnceAndToldWhenDone) {
  probe();
  executor->operate(operation(1, OperationKind::start));
  EXPECT_EQ(fact().state, ResourceState::starting);
  EXPECT_EQ(fact().for_version, (Version{5, NodeId{1}}));
  EXPECT_TRUE(told.empty()) << "the core has marked it on all members already";
  run(20);
  EXPECT_EQ(fact().state, ResourceState::in_service);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(std::get<ResourceChanged>(told[0]).sequence, book.own().sequence);
  EXPECT_TRUE(agents.watched.contains(ip));
}

TEST_F(ExecutorTest, TheSameOperationIsJoined) {
  probe();
  executor->operate(operation(1, OperationKind::start));
  executor->operate(operation(1, OperationKind::start));
  run(20);
  executor->operate(operation(1, OperationKind::start));
  EXPECT_THAT(agents.asked, ElementsAre("start ip"));
  EXPECT_EQ(told.size(), 2u) << "the known result is told again";
}

TEST_F(ExecutorTest, AnotherOperationWaitsForTheEndOfTheFirst) {  // R2
  probe();
  executor->operate(operation(1, OperationKind::start));
  executor->operate(operation(2, OperationKind::stop));
  EXPECT_THAT(agents.asked, ElementsAre("start ip"));
  run(40);
  EXPECT_THAT(agents.asked, ElementsAre("start ip", "stop ip"));
  EXPECT_EQ(fact().state, ResourceState::out_of_service);
  EXPECT_EQ(agents.most_on_one, 1);
  ASSERT_EQ(told.size(), 1u) << "the first result is of the past when it comes";
}

TEST_F(ExecutorTest, AStartWaitsForACheckWhoseAnswerIsDropped) {
  probe();
  agents.hold_back = true;
  executor->check_all(OperationKind::monitor, Millis{3000}, [] {});
  executor->operate(operation(1, OperationKind::start));
  EXPECT_EQ(fact().state, ResourceState::starting);
  EXPECT_EQ(agents.most_on_one, 1);
  agents.release();
  EXPECT_EQ(fact().state, ResourceState::starting) << "out of service is what was before the start";
  run(20);
  EXPECT_EQ(fact().state, ResourceState::in_service);
}

TEST_F(ExecutorTest, WhatIsTakenFromItsListIsLookedAfterWhileItRuns) {  // O7, B8
  bring_up();
  config->resources.at(ip).nodes = {NodeId{2}};
  executor->reconfigure(*config);
  EXPECT_EQ(fact().state, ResourceState::in_service);
  EXPECT_TRUE(agents.watched.contains(ip));
  executor->operate(operation(2, OperationKind::stop));
  run(20);
  EXPECT_EQ(fact().state, ResourceState::out_of_service);
  EXPECT_EQ(told.size(), 1u);
  executor->reconfigure(*config);
  EXPECT_TRUE(book.own().resources.empty());
}

TEST_F(ExecutorTest, WhatComesBackToItsListIsAskedAnew) {  // as all others expect: core::must_probe
  bring_up();
  config->resources.at(ip).nodes = {NodeId{2}};
  executor->reconfigure(*config);
  config->resources.at(ip).nodes = {NodeId{1}, NodeId{2}};
  executor->reconfigure(*config);
  EXPECT_EQ(fact().state, ResourceState::unknown);
  run(20);
  EXPECT_EQ(fact().state, ResourceState::in_service);
}

TEST_F(ExecutorTest, WhatAnEarlierLifeHasLeftHereIsProbed) {  // O7, B8, R5
  bring_up();
  config->resources.at(ip).nodes = {NodeId{2}};
  runtime::FactBook later{NodeId{1}, Digest{}};
  runtime::Executor next(*config, NodeId{1}, clock, agents, later, lines, [](const Event&) {});
  EXPECT_TRUE(later.own().resources.empty());
  next.look_after(*config, {ip, ResourceName{"removed"}});
  EXPECT_EQ(later.resource(ip).state, ResourceState::unknown);
  next.check_all(OperationKind::probe, Millis{3000}, [] {});
  run(20);
  EXPECT_EQ(later.resource(ip).state, ResourceState::in_service);
  EXPECT_EQ(later.own().resources.size(), 1u);
}

TEST_F(ExecutorTest, AFailedStartSaysWhy) {  // R4
  probe();
  agents.says[{ip, OperationKind::start}] = {OperationOutcome::failed, ResourceState::unknown, 1, "address in use"};
  executor->operate(operation(1, OperationKind::start));
  run(20);
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_NE(fact().failure, Failure::stop);
  EXPECT_EQ(fact().cause, "start failed: exit code 1: address in use");
  EXPECT_EQ(log.count("END failed start of \"ip\": exit code 1: address in use"), 1);
}

TEST_F(ExecutorTest, AStartThatIsHeldElsewhereSaysSo) {  // B3, G2
  probe();
  agents.says[{ip, OperationKind::start}] = {OperationOutcome::held_elsewhere, ResourceState::failed, 150, "in use"};
  executor->operate(operation(1, OperationKind::start));
  run(20);
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(fact().failure, Failure::start_held);
  EXPECT_FALSE(fact().may_run);
  EXPECT_EQ(fact().cause, "start failed: exit code 150: in use");
}

TEST_F(ExecutorTest, WhatNobodyCouldProbeMayRunAfterAFailedStart) {  // B3: it was not started here, but ended neither
  agents.says[{ip, OperationKind::start}] = {OperationOutcome::held_elsewhere, ResourceState::failed, 150, "in use"};
  ASSERT_EQ(fact().state, ResourceState::unknown);
  executor->operate(operation(1, OperationKind::start));
  run(20);
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_TRUE(fact().may_run);
}

TEST_F(ExecutorTest, AStopThatTimedOutMayStillRun) {  // F4
  bring_up();
  agents.says[{ip, OperationKind::stop}] = {OperationOutcome::timed_out, ResourceState::unknown, -1, ""};
  executor->operate(operation(2, OperationKind::stop));
  run(20);
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(fact().failure, Failure::stop);
  EXPECT_FALSE(agents.watched.contains(ip));
}

TEST_F(ExecutorTest, AMonitorThatTimesOutCountsOnlyInARow) {  // R4
  bring_up();
  executor->monitor_from_now();
  agents.says[{ip, OperationKind::monitor}] = {OperationOutcome::timed_out, ResourceState::unknown, -1, ""};
  run(1000);
  EXPECT_EQ(log.count("timed out (1 in a row"), 1);
  EXPECT_EQ(fact().state, ResourceState::failed) << "repeated at once, the second counts";
  EXPECT_THAT(fact().cause, testing::HasSubstr("2 times in a row"));
}

TEST_F(ExecutorTest, OneTimeoutIsForgivenByAnAnswer) {
  bring_up();
  executor->monitor_from_now();
  agents.says[{ip, OperationKind::monitor}] = {OperationOutcome::timed_out, ResourceState::unknown, -1, ""};
  while (log.count("timed out (1 in a row") == 0) run(1);
  agents.says.clear();
  run(3000);
  EXPECT_EQ(fact().state, ResourceState::in_service);
}

TEST_F(ExecutorTest, AFailureIsFoundByItsMonitor) {
  bring_up();
  executor->monitor_from_now();
  agents.says[{ip, OperationKind::monitor}] = {OperationOutcome::done, ResourceState::failed, 1,
                                               "no answer on port 80"};
  run(1100);
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(log.count("\"ip\" has failed: exit code 1: no answer on port 80"), 1);
}

TEST_F(ExecutorTest, AProofNeedsNoMonitor) {
  bring_up();
  const auto hint = agents.watched.at(ip);
  hint(ResourceState::failed, "its process ended");
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(fact().cause, "its process ended");
  EXPECT_TRUE(fact().may_run) << "its children, for example (F3)";
  EXPECT_EQ(told.size(), 1u);
}

TEST_F(ExecutorTest, AProofThatNothingRunsSaysSo) {
  bring_up();
  const auto hint = agents.watched.at(ip);
  hint(ResourceState::out_of_service, "its address left");
  EXPECT_EQ(fact().state, ResourceState::failed) << "nobody stopped it (F1)";
  EXPECT_FALSE(fact().may_run);
}

TEST_F(ExecutorTest, AHintAsksTheMonitorAtOnce) {
  bring_up();
  const auto hint = agents.watched.at(ip);
  hint(ResourceState::unknown, "its link went down");
  EXPECT_THAT(agents.asked, ElementsAre("monitor ip"));
  run(20);
  EXPECT_EQ(fact().state, ResourceState::in_service);
}

TEST_F(ExecutorTest, AnAnswerFromBeforeAProofDoesNotCount) {
  bring_up();
  const auto hint = agents.watched.at(ip);
  hint(ResourceState::unknown, "its link went down");
  hint(ResourceState::failed, "its process ended");
  run(20);
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(log.count("though nobody started it"), 0);
}

TEST_F(ExecutorTest, HintsDuringAStopAreOfTheStop) {
  bring_up();
  const auto hint = agents.watched.at(ip);
  executor->operate(operation(2, OperationKind::stop));
  hint(ResourceState::failed, "its process ended");
  run(20);
  EXPECT_EQ(fact().state, ResourceState::out_of_service);
}

TEST_F(ExecutorTest, FoundInServiceByHandIsReportedNotKilled) {  // R6
  probe();
  executor->monitor_from_now();
  agents.running[ip] = true;
  run(9000);
  run(2000);
  EXPECT_EQ(fact().state, ResourceState::in_service);
  EXPECT_EQ(log.count("though nobody started it"), 1);
}

TEST_F(ExecutorTest, WhatFailedStaysFailedUntilItRuns) {  // S1
  probe();
  agents.says[{ip, OperationKind::start}] = {OperationOutcome::failed, ResourceState::unknown, 1, ""};
  executor->operate(operation(1, OperationKind::start));
  executor->monitor_from_now();
  run(30'000);
  EXPECT_EQ(fact().state, ResourceState::failed);
}

TEST_F(ExecutorTest, AFailedStopIsHealedWhenNothingRunsAnyMore) {  // F4
  bring_up();
  agents.says[{ip, OperationKind::stop}] = {OperationOutcome::failed, ResourceState::unknown, 1, "busy"};
  executor->operate(operation(2, OperationKind::stop));
  executor->monitor_from_now();
  run(5000);
  EXPECT_EQ(fact().failure, Failure::stop);
  agents.running[ip] = false;
  run(11'000);
  EXPECT_EQ(fact().state, ResourceState::out_of_service);
}

TEST_F(ExecutorTest, AnUnansweredProbeIsAskedAgain) {
  agents.says[{ip, OperationKind::probe}] = {OperationOutcome::timed_out, ResourceState::unknown, -1, ""};
  bool done = false;
  executor->check_all(OperationKind::probe, Millis{3000}, [&] { done = true; });
  executor->monitor_from_now();
  run(20);
  EXPECT_TRUE(done);
  EXPECT_EQ(fact().state, ResourceState::unknown);
  agents.says.clear();
  run(1100);
  EXPECT_EQ(fact().state, ResourceState::out_of_service);
}

}  // namespace
}  // namespace holdfast::testing_doubles
