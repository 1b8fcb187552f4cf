// K11 with real processes: the runner itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <set>

#include "adapters/process/operation_group.h"
#include "adapters/process/process_record.h"
#include "adapters/process/program_runner.h"
#include "loop.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr Millis ample{20000};

Command shell(const std::string& script) { return {{"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin"}}; }

class RunnerTest : public testing::Test {
 protected:
  RunResult run(Command command, Millis limit = ample) {
    std::optional<RunResult> out;
    runner_.run(std::move(command), limit, [&](RunResult result) { out = std::move(result); });
    EXPECT_FALSE(out) << "the result came from within run()";
    EXPECT_TRUE(loop_.run_until([&] { return out.has_value(); }));
    return out.value_or(RunResult{});
  }

  static bool alive(pid_t pid) {
    const auto entry = look_up_process(pid);
    return entry && !entry->ended;
  }

  Loop loop_;
  ProgramRunner runner_{loop_.context(), RunnerLimits{.grace = Millis{200}}};
};

TEST_F(RunnerTest, TellsExitCodeAndOutputOfBothStreams) {
  const RunResult result = run(shell("echo out; echo err >&2; exit 42"));
  EXPECT_EQ(result.outcome, RunOutcome::exited);
  EXPECT_EQ(result.exit_code, 42);
  EXPECT_EQ(result.output, "out\nerr\n");
}

TEST_F(RunnerTest, TellsASignalThatWasNotOurs) {
  const RunResult result = run(shell("kill -9 $$"));
  EXPECT_EQ(result.outcome, RunOutcome::signalled);
  EXPECT_EQ(result.exit_code, SIGKILL);
}

TEST_F(RunnerTest, GivesNothingOfOurOwnSurroundings) {
  setenv("HOLDFAST_SECRET", "x", 1);
  const int leak = dup2(1, 77);  // a descriptor that is not close-on-exec
  const RunResult result = run(
      {{"/bin/sh", "-c", "env; cat; ls -l /proc/self/fd; pwd; ps -o pgid= -p $$"}, {"PATH=/usr/bin:/bin", "ONE=1"}});
  close(leak);
  EXPECT_THAT(result.output, AllOf(HasSubstr("ONE=1"), Not(HasSubstr("HOLDFAST_SECRET"))));
  EXPECT_THAT(result.output, HasSubstr("0 -> /dev/null"));
  EXPECT_THAT(result.output, Not(HasSubstr(" " + std::to_string(leak) + " -> ")));
  EXPECT_THAT(result.output, Not(HasSubstr(std::to_string(getpgrp()) + "\n"))) << "it is in our process group";
}

TEST_F(RunnerTest, GivesItsInputAndNothingAfterIt) {
  Command command = shell("cat; echo end");
  command.input = "secret=x\n" + std::string(50'000, 'y') + "\n";
  const RunResult result = run(command);
  EXPECT_EQ(result.output, command.input + "end\n");
}

TEST_F(RunnerTest, RefusesAnInputThatDoesNotFit) {
  Command command = shell("cat");
  command.input = std::string(100'000, 'y');
  const RunResult result = run(command);
  EXPECT_EQ(result.outcome, RunOutcome::not_run);
  EXPECT_THAT(result.output, HasSubstr("100000 bytes"));
}

TEST_F(RunnerTest, TimeoutKillsTheWholeGroup) {
  const auto begin = std::chrono::steady_clock::now();
  const RunResult result = run(shell("sleep 1000 & echo $!; wait"), Millis{200});
  EXPECT_EQ(result.outcome, RunOutcome::timed_out);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 200ms);
  const pid_t child = std::stoi(result.output);
  EXPECT_TRUE(loop_.run_until([&] { return !alive(child); })) << child;
}

TEST_F(RunnerTest, WhoIgnoresTermIsKilledAfterTheGrace) {
  const RunResult result =
      run(shell("trap '' TERM; (trap '' TERM; sleep 1000) & echo $!; while :; do sleep 1000; done"), Millis{100});
  EXPECT_EQ(result.outcome, RunOutcome::timed_out);
  const pid_t child = std::stoi(result.output);
  EXPECT_TRUE(loop_.run_until([&] { return !alive(child); })) << child;
}

// Where there are cgroups, also what has left its process group (K11).
class GroupRunnerTest : public RunnerTest {
 protected:
  void SetUp() override {
    if (!OperationGroups{}.available()) GTEST_SKIP() << "needs cgroups of version 2 that are ours to make";
    RunnerLimits limits;
    limits.grace = Millis{50};
    limits.cgroups = true;
    groups_.emplace(loop_.context(), limits);
  }
  RunResult run_in_group(const std::string& script, Millis limit) {
    std::optional<RunResult> out;
    groups_->run(shell(script), limit, [&](RunResult result) { out = std::move(result); });
    EXPECT_TRUE(loop_.run_until([&] { return out.has_value(); }));
    return out.value_or(RunResult{});
  }
  std::optional<ProgramRunner> groups_;
};

TEST_F(GroupRunnerTest, ATimeoutKillsAlsoWhoLeftTheProcessGroup) {  // K11
  const RunResult result = run_in_group("trap '' TERM; setsid sleep 1000 & echo $!; sleep 1000", 300ms);
  EXPECT_EQ(result.outcome, RunOutcome::timed_out);
  const pid_t left = std::stoi(result.output);
  ASSERT_GT(left, 1);
  EXPECT_TRUE(loop_.run_until([&] { return !alive(left); })) << left << " lives";
}

TEST_F(GroupRunnerTest, WhatIsLeftBehindInOrderLives) {
  const RunResult result = run_in_group("setsid sleep 1000 >/dev/null 2>&1 & echo $!", ample);
  EXPECT_EQ(result.outcome, RunOutcome::exited);
  const pid_t service = std::stoi(result.output);
  run_in_group("true", ample);
  groups_.reset();
  EXPECT_TRUE(alive(service)) << "also after the runner's end";
  kill(service, SIGKILL);
}

TEST_F(GroupRunnerTest, RunsAsTheOthersDo) {
  signal(SIGUSR1, SIG_IGN);
  const RunResult result = run_in_group("pwd; ls /proc/self/fd | wc -l; grep SigIgn /proc/self/status", ample);
  signal(SIGUSR1, SIG_DFL);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, testing::StartsWith("/\n4\nSigIgn:\t")) << result.output;
  const auto ignored = std::stoull(result.output.substr(result.output.find('\t') + 1), nullptr, 16);
  EXPECT_EQ(ignored & (1U << (SIGUSR1 - 1)), 0U) << result.output;
  std::optional<RunResult> wrong;
  groups_->run({{"/no/such/program"}, {}}, ample, [&](RunResult r) { wrong = std::move(r); });
  EXPECT_TRUE(loop_.run_until([&] { return wrong.has_value(); }));
  EXPECT_EQ(wrong->outcome, RunOutcome::not_run);
  EXPECT_EQ(wrong->output, "cannot run /no/such/program: No such file or directory");
}

TEST_F(RunnerTest, AProgramThatEndsOnTermStillTimedOut) {
  const RunResult result = run(shell("trap 'exit 0' TERM; while :; do sleep 0.01; done"), Millis{100});
  EXPECT_EQ(result.outcome, RunOutcome::timed_out);
}

TEST_F(RunnerTest, ABackgroundChildThatHoldsThePipeBlocksNobody) {
  const auto begin = std::chrono::steady_clock::now();
  const RunResult result = run(shell("sleep 1000 & echo $!"));
  EXPECT_EQ(result.outcome, RunOutcome::exited);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  const pid_t child = std::stoi(result.output);
  EXPECT_TRUE(alive(child)) << "a service that the agent started must go on";
  kill(child, SIGKILL);
}

TEST_F(RunnerTest, OutputIsBoundedToItsTail) {
  const RunResult result = run(shell("head -c 5000000 /dev/zero | tr '\\0' x; echo the end"));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output.size(), 64U * 1024);
  EXPECT_THAT(result.output, EndsWith("xxxthe end\n"));
}

TEST_F(RunnerTest, WhatCannotBeRunIsSaid) {
  EXPECT_EQ(run({{"/no/such/program"}, {}}).outcome, RunOutcome::not_run);
  EXPECT_THAT(run({{"/no/such/program"}, {}}).output, HasSubstr("/no/such/program: No such file"));
  EXPECT_THAT(run({{"/etc/passwd"}, {}}).output, HasSubstr("Permission denied"));
  EXPECT_EQ(run({{}, {}}).outcome, RunOutcome::not_run);
}

TEST_F(RunnerTest, ThreeHundredAtOnce) {
  int done = 0;
  std::set<std::string> outputs;
  for (int i = 0; i < 300; ++i)
    runner_.run(shell("echo " + std::to_string(i)), ample, [&](RunResult result) {
      ++done;
      outputs.insert(result.output);
      EXPECT_EQ(result.exit_code, 0);
    });
  EXPECT_LE(runner_.running(), 256U);
  EXPECT_TRUE(loop_.run_until([&] { return done == 300; })) << done;
  EXPECT_EQ(outputs.size(), 300U) << "outputs were mixed up";
  EXPECT_EQ(runner_.running(), 0U);
}

TEST_F(RunnerTest, OneRunFromWithinTheResultOfAnother) {
  // The new run gets the descriptors' numbers of the old one while events of the old one are still being handed out.
  int done = 0;
  const std::function<void()> next = [&] {
    const bool hangs = done % 4 == 0;
    runner_.run(shell(hangs ? "echo x; sleep 1000 & wait" : "sleep 0.002 & echo x"), Millis{hangs ? 20 : 20000},
                [&, hangs](const RunResult& result) {
                  EXPECT_EQ(result.outcome, hangs ? RunOutcome::timed_out : RunOutcome::exited);
                  EXPECT_EQ(result.output, "x\n");
                  if (++done < 100) next();
                });
  };
  next();
  EXPECT_TRUE(loop_.run_until([&] { return done == 100; })) << done;
}

TEST_F(RunnerTest, NoMoreThanTheLimitAtOnce) {
  ProgramRunner narrow{loop_.context(), RunnerLimits{.parallel = 2}};
  int done = 0;
  for (int i = 0; i < 6; ++i)
    narrow.run(shell("sleep 0.02"), ample, [&](const RunResult&) {
      ++done;
      EXPECT_LE(narrow.running(), 2U);
    });
  EXPECT_EQ(narrow.running(), 2U);
  EXPECT_TRUE(loop_.run_until([&] { return done == 6; }));
}

TEST_F(RunnerTest, CancelEndsARunAndEmptiesTheQueue) {
  ProgramRunner narrow{loop_.context(), RunnerLimits{.parallel = 1}};
  std::vector<RunOutcome> outcomes;
  const auto note = [&](const RunResult& result) { outcomes.push_back(result.outcome); };
  const RunId first = narrow.run(shell("sleep 1000"), ample, note);
  const RunId second = narrow.run(shell("echo never"), ample, note);
  narrow.cancel(second);
  narrow.cancel(first);
  narrow.cancel(RunId{12345});
  EXPECT_TRUE(loop_.run_until([&] { return outcomes.size() == 2; }));
  EXPECT_EQ(outcomes, (std::vector{RunOutcome::cancelled, RunOutcome::cancelled}));
}

TEST_F(RunnerTest, DestroyingItKillsAndCallsNobody) {
  bool called = false;
  pid_t child = 0;
  {
    ProgramRunner mortal{loop_.context()};
    mortal.run(shell("sleep 1000"), ample, [&](const RunResult&) { called = true; });
    mortal.run({{"/no/such"}, {}}, ample, [&](const RunResult&) { called = true; });
    // Our only child.
    const RunResult found = run_and_wait({{"/usr/bin/pgrep", "-P", std::to_string(getpid()), "sh|sleep"}, {}}, ample);
    ASSERT_FALSE(found.output.empty());
    child = std::stoi(found.output);
    ASSERT_TRUE(alive(child));
  }
  EXPECT_TRUE(loop_.run_until([&] { return !alive(child); }));
  EXPECT_FALSE(called);
}

TEST(RunAndWait, AnswersWithoutALoop) {
  EXPECT_EQ(run_and_wait(shell("echo hello"), ample).output, "hello\n");
  EXPECT_EQ(run_and_wait(shell("sleep 1000"), Millis{50}).outcome, RunOutcome::timed_out);
  EXPECT_EQ(run_and_wait({{"/no/such"}, {}}, ample).outcome, RunOutcome::not_run);
}

}  // namespace
}  // namespace holdfast::test
