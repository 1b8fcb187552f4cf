#include "adapters/asio/clock.h"

#include <gtest/gtest.h>
#include <time.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <vector>

namespace holdfast {
namespace {

class ClockTest : public ::testing::Test {
 protected:
  boost::asio::io_context loop;
  AsioClock clock{loop};
  std::vector<int> calls;
};

TEST_F(ClockTest, NowIsBootTime) {
  timespec boot{};
  clock_gettime(CLOCK_BOOTTIME, &boot);
  const std::int64_t before = std::int64_t{boot.tv_sec} * 1'000'000 + boot.tv_nsec / 1000;
  const Instant now = clock.now();
  EXPECT_GE(now.micros, before);
  EXPECT_LT(now.micros, before + 1'000'000);
  EXPECT_GT(clock.wall().millis, 1'600'000'000'000);
}

TEST_F(ClockTest, CallsInTheOrderOfTimeAndNotBefore) {
  const Instant start = clock.now();
  const auto late = clock.after(Micros{20'000}, [&] { calls.push_back(2); });
  const auto early = clock.after(Micros{5'000}, [&] { calls.push_back(1); });
  loop.run();
  EXPECT_EQ(calls, (std::vector<int>{1, 2}));
  EXPECT_GE(clock.now() - start, Micros{20'000});
}

TEST_F(ClockTest, NeverCallsFromWithinAfter) {
  const auto timer = clock.after(Micros{0}, [&] { calls.push_back(1); });
  EXPECT_TRUE(calls.empty());
  loop.run();
  EXPECT_EQ(calls.size(), 1U);
}

TEST_F(ClockTest, DestroyedTimerDoesNotCall) {
  clock.after(Micros{1000}, [&] { calls.push_back(1); }).reset();
  loop.run();
  EXPECT_TRUE(calls.empty());
}

// Both are due, so that both calls are queued when the first runs: asio alone would still make the second.
TEST_F(ClockTest, DestroyedTimerDoesNotCallEvenIfItIsDue) {
  std::unique_ptr<Timer> first;
  std::unique_ptr<Timer> second;
  first = clock.after(Micros{0}, [&] {
    calls.push_back(1);
    second.reset();
  });
  second = clock.after(Micros{0}, [&] {
    calls.push_back(2);
    first.reset();
  });
  loop.run();
  EXPECT_EQ(calls.size(), 1U);
}

TEST_F(ClockTest, CallMayDestroyItsOwnTimer) {
  std::unique_ptr<Timer> timer;
  timer = clock.after(Micros{0}, [&, kept = std::vector<int>(1000, 7)] {
    timer.reset();
    calls.push_back(kept.back());
  });
  loop.run();
  EXPECT_EQ(calls, std::vector<int>{7});
}

}  // namespace
}  // namespace holdfast
