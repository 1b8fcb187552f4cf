// K7: the end of a process is seen by pidfd within 100 ms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "adapters/process/process_record.h"
#include "adapters/process/watches.h"
#include "loop.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;

struct Seen {
  ResourceState state;
  std::string why;
};

class ProcessWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-watch-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    child_ = fork();
    if (child_ == 0) {
      pause();
      _exit(0);
    }
  }
  void TearDown() override {
    end_child();
    std::filesystem::remove_all(folder_);
  }

  void end_child() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    child_ = 0;
  }
  void record(const ProcessIdentity& identity) {
    ASSERT_TRUE(write_process_record(process_record_path(folder_, "web"), identity));
  }
  void start_watch() {
    watch_.emplace(loop_.context(), folder_);
    watch_->watch(web_, [this](ResourceState state, std::string why) { seen_.push_back({state, std::move(why)}); });
    EXPECT_TRUE(seen_.empty()) << "called from within watch()";
  }

  const ResourceName web_{"web"};
  std::string folder_;
  pid_t child_ = 0;
  Loop loop_;
  std::optional<ProcessWatch> watch_;
  std::vector<Seen> seen_;
};

TEST_F(ProcessWatchTest, SeesTheEndAtOnceAndOnce) {
  record(look_up_process(child_)->identity);
  start_watch();
  loop_.context().run_for(30ms);
  EXPECT_TRUE(seen_.empty());
  const auto killed = std::chrono::steady_clock::now();
  kill(child_, SIGKILL);
  ASSERT_TRUE(loop_.run_until([&] { return !seen_.empty(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - killed, 100ms);
  EXPECT_EQ(seen_[0].state, ResourceState::out_of_service);
  EXPECT_THAT(seen_[0].why, testing::HasSubstr(std::to_string(child_)));
  loop_.context().restart();
  loop_.context().run_for(30ms);
  EXPECT_EQ(seen_.size(), 1U);
}

TEST_F(ProcessWatchTest, AnEndBeforeTheWatchIsSeenToo) {
  record(look_up_process(child_)->identity);
  end_child();
  start_watch();
  ASSERT_TRUE(loop_.run_until([&] { return !seen_.empty(); }));
  EXPECT_EQ(seen_[0].state, ResourceState::out_of_service);
}

TEST_F(ProcessWatchTest, AReusedNumberIsAnEnd) {
  ProcessIdentity other = look_up_process(child_)->identity;
  other.start_ticks -= 1;
  record(other);
  start_watch();
  ASSERT_TRUE(loop_.run_until([&] { return !seen_.empty(); }));
  EXPECT_EQ(seen_[0].state, ResourceState::out_of_service);
}

TEST_F(ProcessWatchTest, WhatOutlivesItIsNotOutOfService) {  // F3
  const pid_t left = fork();
  if (left == 0) {
    pause();
    _exit(0);
  }
  ASSERT_EQ(setpgid(child_, child_), 0);
  ASSERT_EQ(setpgid(left, child_), 0);
  record(look_up_process(child_)->identity);
  start_watch();
  kill(child_, SIGKILL);
  EXPECT_TRUE(loop_.run_until([&] { return !seen_.empty(); }));
  EXPECT_EQ(seen_.empty() ? ResourceState::unknown : seen_[0].state, ResourceState::failed);
  kill(left, SIGKILL);
  waitpid(left, nullptr, 0);
}

TEST_F(ProcessWatchTest, WithoutARecordItIsAHint) {
  start_watch();
  ASSERT_TRUE(loop_.run_until([&] { return !seen_.empty(); }));
  EXPECT_EQ(seen_[0].state, ResourceState::unknown);
}

TEST_F(ProcessWatchTest, NothingComesAfterUnwatch) {
  record(look_up_process(child_)->identity);
  start_watch();
  watch_->unwatch(web_);
  end_child();
  loop_.context().run_for(50ms);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(ProcessWatchTest, ANewWatchReplacesTheOld) {
  record(look_up_process(child_)->identity);
  start_watch();
  int second = 0;
  watch_->watch(web_, [&](ResourceState, const std::string&) { ++second; });
  end_child();
  ASSERT_TRUE(loop_.run_until([&] { return second == 1; }));
  EXPECT_TRUE(seen_.empty());
}

TEST_F(ProcessWatchTest, DestroyedItCallsNobody) {
  record(look_up_process(child_)->identity);
  start_watch();
  watch_.reset();
  end_child();
  loop_.context().run_for(50ms);
  EXPECT_TRUE(seen_.empty());
}

}  // namespace
}  // namespace holdfast::test
