// R2 over the death of a daemon: what an earlier life began is waited for (E4, K11).
#include "adapters/process/operation_records.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>

#include "adapters/process/agent_processes.h"
#include "adapters/process/process_record.h"
#include "loop.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;

class OperationRecordsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-operations-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    if (child_ > 0) end_child(SIGKILL);
    std::filesystem::remove_all(folder_);
  }

  /// The operation of an earlier life, in a process group of its own. It takes no notice of SIGTERM if told so.
  void begin_earlier(bool stubborn = false) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    child_ = fork();
    if (child_ == 0) {
      setpgid(0, 0);
      if (stubborn) signal(SIGTERM, SIG_IGN);
      [[maybe_unused]] const ssize_t told = write(ready[1], "y", 1);
      while (true) pause();
    }
    char answer = 0;
    ASSERT_EQ(read(ready[0], &answer, 1), 1);
    close(ready[0]);
    close(ready[1]);
    OperationRecords earlier(loop_.context(), folder_);
    earlier.began(web_, child_);
  }
  void end_child(int number) {
    kill(child_, number);
    waitpid(child_, nullptr, 0);
    child_ = 0;
  }

  const ResourceName web_{"web"};
  std::string folder_;
  pid_t child_ = 0;
  Loop loop_;
};

TEST_F(OperationRecordsTest, NothingRecordedIsFreeAtOnce) {
  OperationRecords records(loop_.context(), folder_);
  bool free = false;
  records.when_free(web_, 20s, 1s, [&] { free = true; });
  EXPECT_TRUE(free);
}

TEST_F(OperationRecordsTest, WhatStillRunsIsWaitedFor) {
  begin_earlier();
  OperationRecords records(loop_.context(), folder_);
  bool free = false;
  records.when_free(web_, 20s, 1s, [&] { free = true; });
  bool other = false;
  records.when_free(ResourceName{"other"}, 20s, 1s, [&] { other = true; });
  EXPECT_TRUE(other) << "another resource does not wait";
  EXPECT_FALSE(loop_.run_until([&] { return free; }, 200ms));
  end_child(SIGKILL);
  EXPECT_TRUE(loop_.run_until([&] { return free; }));
  free = false;
  records.when_free(web_, 20s, 1s, [&] { free = true; });
  EXPECT_TRUE(free) << "once is enough";
}

TEST_F(OperationRecordsTest, WhatDoesNotEndInItsTimeIsEnded) {  // R4
  for (const bool stubborn : {false, true}) {
    begin_earlier(stubborn);
    OperationRecords records(loop_.context(), folder_);
    bool free = false;
    records.when_free(web_, 50ms, stubborn ? 50ms : 60s, [&] { free = true; });
    EXPECT_TRUE(loop_.run_until([&] { return free; }));
    int status = 0;
    EXPECT_EQ(waitpid(child_, &status, 0), child_);
    EXPECT_EQ(WTERMSIG(status), stubborn ? SIGKILL : SIGTERM);
    child_ = 0;
  }
}

TEST_F(OperationRecordsTest, WhatHasEndedInOrderIsNoHindrance) {
  begin_earlier();
  {
    OperationRecords earlier(loop_.context(), folder_);
    earlier.ended(web_);
  }
  OperationRecords records(loop_.context(), folder_);
  bool free = false;
  records.when_free(web_, 20s, 1s, [&] { free = true; });
  EXPECT_TRUE(free);
}

// The whole way: a start that outlives its daemon, and the next daemon's probe.
TEST_F(OperationRecordsTest, TheNextDaemonsProbeComesAfterIt) {
  const auto commands = [](const ResourceConfig&, OperationKind kind) -> Result<AgentCommand> {
    const char* script = kind == OperationKind::start ? "exec sleep 1000" : "exit 0";
    return AgentCommand{{{"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin"}}, [](const RunResult&) {
                          return OperationResult{OperationOutcome::done, {}, 0, ""};
                        }};
  };
  ResourceConfig resource;
  resource.name = web_;
  // The first daemon, in a process of its own; it dies in the middle of the start.
  const pid_t daemon = fork();
  if (daemon == 0) {
    Loop own;
    AgentProcesses agents(own.context(), commands, folder_);
    agents.run(resource, OperationKind::start, [](const OperationResult&) {});
    const std::string record = process_record_path(folder_ + "/operations", "web");
    own.run_until([&] { return std::filesystem::exists(record); });
    _exit(0);
  }
  waitpid(daemon, nullptr, 0);
  const auto left = read_process_record(process_record_path(folder_ + "/operations", "web"));
  ASSERT_TRUE(left && is_alive(*left));

  AgentProcesses agents(loop_.context(), commands, folder_);
  bool probed = false;
  agents.run(resource, OperationKind::probe, [&](const OperationResult&) { probed = true; });
  EXPECT_FALSE(loop_.run_until([&] { return probed; }, 300ms)) << "the start of the earlier life still runs";
  kill(-left->pid, SIGKILL);
  EXPECT_TRUE(loop_.run_until([&] { return probed; }));
}

}  // namespace
}  // namespace holdfast::test
