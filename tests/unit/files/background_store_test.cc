// The writer's thread: order, one write for many, a disk that hangs, a full one (E2, E4).
#include "adapters/files/background_store.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "../temporary_folder.h"
#include "adapters/files/state_file.h"
#include "sample_state.h"

namespace holdfast::files {
namespace {

/// The runtime's loop, as far as the store needs it.
class Loop {
 public:
  void post(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
    changed_.notify_all();
  }
  /// Runs calls until `done`; false after 10 s.
  bool run_until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    std::unique_lock lock(mutex_);
    while (!done()) {
      if (!changed_.wait_until(lock, end, [&] { return !calls_.empty(); })) return false;
      const auto call = std::move(calls_.front());
      calls_.pop_front();
      lock.unlock();
      call();
      lock.lock();
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> calls_;
};

/// Opens once, for whoever waits for it on any thread.
class Gate {
 public:
  void open() { opened_.set_value(); }
  void pass() const { future_.wait(); }

 private:
  std::promise<void> opened_;
  std::shared_future<void> future_ = opened_.get_future().share();
};

struct BackgroundStoreTest : testing::Test {
  Loop loop;
  std::vector<std::string> told;

  BackgroundStoreSettings settings(std::function<Result<void>(const DurableState&)> write) {
    return {.write = std::move(write),
            .read = [] { return Result<std::optional<DurableState>>(std::nullopt); },
            .post = [this](std::function<void()> call) { loop.post(std::move(call)); },
            .patience = Millis{200}};
  }
  StateStore::Saved tell(const std::string& name) {
    return
        [this, name](const Result<void>& result) { told.push_back(name + (result ? "" : ": " + result.error().text)); };
  }
};

TEST_F(BackgroundStoreTest, WritesAndTellsInTheOrderOfTheCalls) {
  const TemporaryFolder folder;
  const StateFile file(folder / "state");
  BackgroundStore store(settings([&](const DurableState& state) { return file.save(state); }));
  for (std::uint64_t i = 1; i <= 20; ++i) store.save(sample_state(i), tell(std::to_string(i)));
  ASSERT_TRUE(loop.run_until([&] { return told.size() == 20; }));
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(told[i], std::to_string(i + 1));
  EXPECT_EQ(loaded_by(StateFile(folder / "state")), std::optional(sample_state(20)));
}

TEST_F(BackgroundStoreTest, ADiskThatHangsHoldsUpNobody) {  // E4
  Gate gate;
  std::vector<std::uint64_t> written;
  BackgroundStore store(settings([&](const DurableState& state) {
    if (state.incarnation == 1) gate.pass();
    written.push_back(state.incarnation);
    return Result<void>();
  }));
  const auto begun = std::chrono::steady_clock::now();
  for (std::uint64_t i = 1; i <= 5; ++i) store.save(sample_state(i), tell(std::to_string(i)));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1)) << "save() returns at once";
  EXPECT_TRUE(told.empty()) << "nothing is durable while the disk hangs";
  gate.open();
  ASSERT_TRUE(loop.run_until([&] { return told.size() == 5; }));
  EXPECT_EQ(told, (std::vector<std::string>{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(written.back(), 5u);
  EXPECT_LE(written.size(), 3u) << "what came meanwhile is one write";
}

TEST_F(BackgroundStoreTest, AnErrorIsToldToAllItConcerns) {
  BackgroundStore store(settings([](const DurableState&) { return Result<void>(failure("Input/output error")); }));
  store.save(sample_state(1), tell("1"));
  ASSERT_TRUE(loop.run_until([&] { return told.size() == 1; }));
  EXPECT_EQ(told[0], "1: Input/output error");
}

TEST_F(BackgroundStoreTest, WhatWasHandedOverIsWrittenBeforeTheEnd) {
  const TemporaryFolder folder;
  const StateFile file(folder / "state");
  {
    BackgroundStore store(settings([&](const DurableState& state) { return file.save(state); }));
    store.save(sample_state(7), tell("7"));
  }
  EXPECT_EQ(loaded_by(StateFile(folder / "state")), std::optional(sample_state(7)));
}

TEST_F(BackgroundStoreTest, AHangingWriteDoesNotHoldUpTheEndAndCallsNobody) {
  const auto gate = std::make_shared<Gate>();
  const auto left = std::make_shared<Gate>();
  {
    BackgroundStore store(settings([gate, left](const DurableState&) {
      gate->pass();
      left->open();
      return Result<void>();
    }));
    store.save(sample_state(1), tell("1"));
  }
  gate->open();
  left->pass();
  EXPECT_TRUE(told.empty());
}

/// A disk that is really full: a tmpfs of 64 KiB in a mount namespace of a thread of our own.
TEST_F(BackgroundStoreTest, AFullDiskIsAnErrorUntilThereIsRoom) {  // E4
  const TemporaryFolder folder;
  // The writer's thread is made after the mount, by this thread, and so sees it.
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "needs the right to mount";
  {
    const StateFile file(folder / "state");
    BackgroundStore store(settings([&](const DurableState& state) { return file.save(state); }));
    store.save(sample_state(1), tell("first"));
    ASSERT_TRUE(loop.run_until([&] { return told.size() == 1; }));
    EXPECT_EQ(told.back(), "first");
    store.save(sample_state(2, 100000), tell("too long"));
    ASSERT_TRUE(loop.run_until([&] { return told.size() == 2; }));
    EXPECT_EQ(told.back(), "too long: cannot write " + (folder / "state.new").string() + ": No space left on device");
    store.save(sample_state(3), tell("third"));
    ASSERT_TRUE(loop.run_until([&] { return told.size() == 3; }));
    EXPECT_EQ(told.back(), "third");
  }
  EXPECT_EQ(loaded_by(StateFile(folder / "state")), std::optional(sample_state(3)));
  ::umount(folder.path().c_str());
}

}  // namespace
}  // namespace holdfast::files
