// Local recovery by the executor (F5), and hints and orders that come in between (R4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "executor_fixture.h"

namespace holdfast::testing_doubles {
namespace {

using testing::ElementsAre;

/// Local recovery (F5), and what comes in between.
struct RecoverTest : ExecutorTest {
  void fail_in_service(const std::string& why = "its process ended") {
    bring_up();
    agents.running[ip] = false;
    agents.watched.at(ip)(ResourceState::failed, why);
    ASSERT_EQ(fact().state, ResourceState::failed);
    ASSERT_FALSE(agents.watched.contains(ip));
    told.clear();
    agents.asked.clear();
  }
  void recover(std::uint64_t number = 2) { executor->operate(operation(number, OperationKind::recover)); }
  void recover_says(OperationOutcome outcome, int exit_code, const std::string& text) {
    agents.says[{ip, OperationKind::recover}] = {outcome, ResourceState::failed, exit_code, text};
  }
};

TEST_F(RecoverTest, DoneIsInServiceAndWatchedAnew) {
  fail_in_service();
  recover();
  EXPECT_EQ(fact().state, ResourceState::recovering);
  EXPECT_TRUE(told.empty()) << "the core has marked it on all members already";
  run(20);
  EXPECT_EQ(fact().state, ResourceState::in_service);
  EXPECT_EQ(fact().failure, Failure::none);
  EXPECT_EQ(fact().cause, "");
  EXPECT_FALSE(fact().may_run);
  EXPECT_EQ(told.size(), 1u);
  EXPECT_THAT(agents.asked, ElementsAre("recover ip"));
  EXPECT_TRUE(agents.watched.contains(ip));
  EXPECT_EQ(log.count("BEGIN recover of \"ip\""), 1);
  EXPECT_EQ(log.count("END successful recover of \"ip\""), 1);
}

TEST_F(RecoverTest, FailedSaysWhatFailedFirst) {
  fail_in_service();
  recover_says(OperationOutcome::failed, 1, "port taken");
  recover();
  run(20);
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(fact().failure, Failure::recovery);
  EXPECT_TRUE(fact().may_run) << "a stop must come before it starts elsewhere (F3)";
  EXPECT_EQ(fact().cause, "its process ended; recover failed: exit code 1: port taken");
  EXPECT_EQ(told.size(), 1u);
}

TEST_F(RecoverTest, TimedOutIsFailed) {  // R4
  fail_in_service();
  recover_says(OperationOutcome::timed_out, -1, "no answer in time, killed");
  recover();
  run(20);
  EXPECT_EQ(fact().failure, Failure::recovery);
  EXPECT_THAT(fact().cause, testing::HasSubstr("recover failed: timed out"));
}

TEST_F(RecoverTest, AnAgentWithoutOneIsNoError) {  // K6
  fail_in_service();
  recover_says(OperationOutcome::not_runnable, 3, "it has no recover script");
  recover();
  run(20);
  EXPECT_EQ(fact().failure, Failure::recovery);
  EXPECT_EQ(fact().cause, "its process ended; no local recovery: it has no recover script");
  const auto line = std::find_if(log.lines.begin(), log.lines.end(),
                                 [](const LogLine& l) { return l.text.starts_with("END failed recover"); });
  ASSERT_NE(line, log.lines.end());
  EXPECT_EQ(line->severity, Severity::notify);
}

TEST_F(RecoverTest, TheSameOneIsJoined) {
  fail_in_service();
  recover();
  recover();
  run(20);
  recover();
  EXPECT_THAT(agents.asked, ElementsAre("recover ip"));
}

TEST_F(RecoverTest, ADeathRightAfterItIsANewFailure) {
  fail_in_service();
  recover();
  run(20);
  agents.watched.at(ip)(ResourceState::failed, "its process ended again");
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(fact().failure, Failure::in_service);
  EXPECT_EQ(fact().cause, "its process ended again");
  EXPECT_EQ(told.size(), 2u);
}

TEST_F(RecoverTest, AMonitorThatIsDueMeanwhileComesAfterIt) {  // R2
  fail_in_service();
  agents.says[{ip, OperationKind::probe}] = {OperationOutcome::done, ResourceState::failed, 1, ""};
  executor->check_all(OperationKind::monitor, Millis{3000}, [] {});
  recover();
  EXPECT_THAT(agents.asked, ElementsAre("monitor ip"));
  run(40);
  EXPECT_THAT(agents.asked, ElementsAre("monitor ip", "recover ip"));
  EXPECT_EQ(agents.most_on_one, 1);
  EXPECT_EQ(fact().state, ResourceState::in_service) << "the monitor's answer is from before";
}

TEST_F(RecoverTest, AStopOrderedMeanwhileComesAfterIt) {
  fail_in_service();
  recover();
  executor->operate(operation(3, OperationKind::stop));
  run(40);
  EXPECT_THAT(agents.asked, ElementsAre("recover ip", "stop ip"));
  EXPECT_EQ(fact().state, ResourceState::out_of_service);
  EXPECT_FALSE(agents.watched.contains(ip));
}

TEST_F(RecoverTest, DroppedBeforeItBeganItIsFailedAsBefore) {  // L5
  fail_in_service();
  executor->hold();
  recover();
  executor->drop_waiting();
  executor->go_on();
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(fact().failure, Failure::in_service);
  EXPECT_EQ(fact().cause, "its process ended");
}

TEST_F(RecoverTest, AProofWhileAnOrderIsHeldIsNotLost) {  // L5: the order may be dropped
  bring_up();
  executor->monitor_from_now();
  executor->hold();
  executor->operate(operation(2, OperationKind::stop));
  agents.watched.at(ip)(ResourceState::failed, "its process ended");
  executor->drop_waiting();
  executor->go_on();
  EXPECT_EQ(fact().state, ResourceState::failed);
  EXPECT_EQ(fact().cause, "its process ended");
}

TEST_F(RecoverTest, AfterADroppedOrderMonitoringGoesOn) {
  bring_up();
  executor->monitor_from_now();
  executor->hold();
  executor->check_all(OperationKind::monitor, Millis{3000}, [] {});
  executor->operate(operation(2, OperationKind::stop));
  agents.says[{ip, OperationKind::monitor}] = {OperationOutcome::done, ResourceState::failed, 1, "no answer"};
  run(20);  // its answer does not count: a stop is ordered
  executor->drop_waiting();
  executor->go_on();
  run(20);
  EXPECT_EQ(fact().state, ResourceState::failed) << "it was asked again";
}

TEST_F(RecoverTest, AHintDuringAMonitorAsksOnceMore) {
  bring_up();
  executor->check_all(OperationKind::monitor, Millis{3000}, [] {});
  run(5);
  agents.watched.at(ip)(ResourceState::unknown, "its link went down");
  run(5);
  agents.says[{ip, OperationKind::monitor}] = {OperationOutcome::done, ResourceState::failed, 1, "no link"};
  run(20);
  EXPECT_THAT(agents.asked, ElementsAre("monitor ip", "monitor ip"));
  EXPECT_EQ(fact().state, ResourceState::failed);
}

TEST_F(RecoverTest, AStartOfWhatRunsIsWatchedAnew) {  // it may have started another process
  bring_up();
  executor->operate(operation(2, OperationKind::start));
  agents.watched.erase(ip);  // the one-shot watch of the old process
  run(20);
  EXPECT_TRUE(agents.watched.contains(ip));
}

TEST_F(RecoverTest, ACheckThatWasDueBeforeAnOperationIsNotMadeAfterIt) {
  bring_up();
  executor->monitor_from_now();
  executor->check_all(OperationKind::monitor, Millis{3000}, [] {});
  agents.watched.at(ip)(ResourceState::unknown, "its link went down");  // wants another one
  executor->operate(operation(2, OperationKind::stop));
  run(100);
  EXPECT_THAT(agents.asked, ElementsAre("monitor ip", "stop ip"));
}

TEST_F(RecoverTest, WhatIsLeftAloneMayBeWellAgain) {  // F6, O5
  fail_in_service();
  executor->monitor_from_now();
  agents.running[ip] = true;
  run(1100);
  EXPECT_EQ(fact().state, ResourceState::in_service);
  EXPECT_EQ(log.count("in service here again, without our doing"), 1);
}

}  // namespace
}  // namespace holdfast::testing_doubles
