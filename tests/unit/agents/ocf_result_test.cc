// R4: what the answers of agents mean.
#include "adapters/agents/ocf_result.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

OperationResult exited(OperationKind kind, int code, std::string output = {}) {
  return ocf_result(kind, RunResult{RunOutcome::exited, code, std::move(output)});
}

TEST(OcfResult, OfACheck) {
  const std::map<int, ResourceState> expected{
      {0, ResourceState::in_service},     {1, ResourceState::failed},  {3, ResourceState::failed},
      {5, ResourceState::out_of_service}, {4, ResourceState::failed},  {7, ResourceState::out_of_service},
      {8, ResourceState::in_service},     {9, ResourceState::failed},  {190, ResourceState::in_service},
      {191, ResourceState::in_service},   {77, ResourceState::failed},
  };
  for (const auto& [code, state] : expected)
    for (OperationKind kind : {OperationKind::monitor, OperationKind::probe}) {
      EXPECT_EQ(exited(kind, code).observed, state) << code;
      EXPECT_EQ(exited(kind, code).outcome, OperationOutcome::done) << code;
      EXPECT_EQ(exited(kind, code).exit_code, code);
    }
}

/// Squid, mdraid, rsyslog and others so answer a probe where their file is not there: on every stand-by node.
TEST(OcfResult, WhereItLacksSomethingItDoesNotRun) {
  for (int code : {2, 6}) {
    EXPECT_EQ(exited(OperationKind::probe, code).observed, ResourceState::out_of_service) << code;
    EXPECT_EQ(exited(OperationKind::monitor, code).observed, ResourceState::failed) << code;
  }
}

TEST(OcfResult, ADegradedServiceSaysSo) {
  EXPECT_EQ(exited(OperationKind::monitor, 190).text, "running, degraded");
  EXPECT_EQ(exited(OperationKind::monitor, 0).text, "");
}

TEST(OcfResult, OfAStart) {
  EXPECT_EQ(exited(OperationKind::start, 0).outcome, OperationOutcome::done);
  EXPECT_EQ(exited(OperationKind::start, 0).observed, ResourceState::in_service);
  for (int code : {1, 2, 5, 6, 7, 8, 190}) {
    EXPECT_EQ(exited(OperationKind::start, code).outcome, OperationOutcome::failed) << code;
    EXPECT_EQ(exited(OperationKind::start, code).observed, ResourceState::failed) << code;
  }
  EXPECT_EQ(exited(OperationKind::start, 5).text, "not installed on this node");
}

TEST(OcfResult, HeldElsewhereIsOfStartsOnly) {  // B3, G2
  EXPECT_EQ(exited(OperationKind::start, 150).outcome, OperationOutcome::held_elsewhere);
  EXPECT_EQ(exited(OperationKind::start, 150).observed, ResourceState::failed);
  EXPECT_EQ(exited(OperationKind::stop, 150).outcome, OperationOutcome::failed);
  EXPECT_EQ(exited(OperationKind::recover, 150).outcome, OperationOutcome::failed);
  EXPECT_EQ(exited(OperationKind::monitor, 150).observed, ResourceState::failed);
}

TEST(OcfResult, OfAStop) {
  for (int code : {0, 7}) {
    EXPECT_EQ(exited(OperationKind::stop, code).outcome, OperationOutcome::done) << code;
    EXPECT_EQ(exited(OperationKind::stop, code).observed, ResourceState::out_of_service) << code;
  }
  for (int code : {1, 5, 6, 9}) EXPECT_EQ(exited(OperationKind::stop, code).outcome, OperationOutcome::failed) << code;
}

TEST(OcfResult, OfARecover) {  // F5
  EXPECT_EQ(exited(OperationKind::recover, 0).outcome, OperationOutcome::done);
  EXPECT_EQ(exited(OperationKind::recover, 0).observed, ResourceState::in_service);
  for (int code : {1, 2, 5, 6, 7}) {
    EXPECT_EQ(exited(OperationKind::recover, code).outcome, OperationOutcome::failed) << code;
    EXPECT_EQ(exited(OperationKind::recover, code).observed, ResourceState::failed) << code;
  }
  const auto none = exited(OperationKind::recover, 3, "it has no recover script\n");
  EXPECT_EQ(none.outcome, OperationOutcome::not_runnable) << "K6: fail over at once";
  EXPECT_EQ(none.text, "it has no recover script");
  EXPECT_EQ(exited(OperationKind::start, 3).outcome, OperationOutcome::failed);
}

TEST(OcfResult, OfWhoGaveNoAnswer) {
  const auto timed_out = ocf_result(OperationKind::monitor, {RunOutcome::timed_out, -1, "busy\n"});
  EXPECT_EQ(timed_out.outcome, OperationOutcome::timed_out);
  EXPECT_EQ(timed_out.observed, ResourceState::unknown);
  EXPECT_EQ(timed_out.text, "no answer in time, killed; last output: busy");
  const auto killed = ocf_result(OperationKind::monitor, {RunOutcome::signalled, 9, ""});
  EXPECT_EQ(killed.outcome, OperationOutcome::not_runnable) << "the agent's death says nothing of the resource";
  EXPECT_EQ(ocf_result(OperationKind::stop, {RunOutcome::signalled, 9, ""}).outcome, OperationOutcome::failed);
  const auto missing = ocf_result(OperationKind::start, {RunOutcome::not_run, -1, "cannot run x"});
  EXPECT_EQ(missing.outcome, OperationOutcome::not_runnable);
  EXPECT_EQ(missing.text, "cannot run x");
}

TEST(OcfResult, TextIsOneBoundedLine) {
  EXPECT_EQ(tail_line("a\nb\r\n\n\tc\x1b[0m\n"), "a b c [0m");
  EXPECT_EQ(tail_line("a\xff"
                      "b\xc3"),
            "a?b?")
      << "it goes into JSON";
  EXPECT_EQ(tail_line("\xed\xa0\x80|\xc0\x80|\xe2\x82\xac|\xf4\x90\x80\x80"), "???|??|\xe2\x82\xac|????");
  const std::string tail = tail_line(std::string(3000, 'x') + "end");
  EXPECT_EQ(tail.size(), 1024U);
  EXPECT_TRUE(tail.ends_with("xend"));
  std::string letters;
  for (int i = 0; i < 1000; ++i) letters += "\xc3\xa4";
  EXPECT_EQ(tail_line("x" + letters).size() % 2, 0U) << "cut within a character";
  EXPECT_EQ(static_cast<unsigned char>(tail_line(letters + "x").front()), 0xc3);
}

}  // namespace
}  // namespace holdfast
