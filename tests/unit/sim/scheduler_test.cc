#include "sim/scheduler.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/clock.h"

namespace holdfast::sim {
namespace {

struct SchedulerTest : testing::Test {
  void note(int what) { seen.push_back(what); }
  Scheduler::Ticket plan(std::int64_t at, int what, Owner* owner = nullptr) {
    return scheduler.at(Instant{at}, owner, [this, what] { note(what); });
  }
  Scheduler scheduler;
  std::vector<int> seen;
};

TEST_F(SchedulerTest, RunsInTheOrderOfTimeThenOfPlanning) {
  plan(20, 3);
  plan(10, 1);
  plan(10, 2);
  scheduler.run_until(Instant{15});
  EXPECT_EQ(seen, (std::vector{1, 2}));
  EXPECT_EQ(scheduler.now(), Instant{15});
  scheduler.run_until(Instant{30});
  EXPECT_EQ(seen, (std::vector{1, 2, 3}));
}

TEST_F(SchedulerTest, ACancelledEventNeverComesAndItsSlotIsAnothersLater) {
  const Scheduler::Ticket old = plan(10, 1);
  scheduler.cancel(old);
  scheduler.run_until(Instant{10});
  plan(20, 2);
  scheduler.cancel(old);  // names nothing any more
  scheduler.run_until(Instant{30});
  EXPECT_EQ(seen, (std::vector{2}));
}

TEST_F(SchedulerTest, APausedOwnersEventsComeLateAllAtOnceInTheirOrder) {
  Owner owner;
  plan(10, 1, &owner);
  plan(30, 3, &owner);
  plan(20, 2, &owner);
  plan(25, 9);
  scheduler.pause(owner);
  scheduler.run_until(Instant{40});
  EXPECT_EQ(seen, (std::vector{9}));
  scheduler.resume(owner);
  scheduler.run_until(Instant{40});
  EXPECT_EQ(seen, (std::vector{9, 1, 2, 3}));
}

TEST_F(SchedulerTest, AnEndedOwnersEventsNeverCome) {
  Owner owner;
  plan(10, 1, &owner);
  plan(50, 2, &owner);
  scheduler.pause(owner);
  scheduler.run_until(Instant{20});
  scheduler.end(owner);
  scheduler.run_until(Instant{100});
  EXPECT_TRUE(seen.empty());
}

TEST_F(SchedulerTest, ATimerIsCancelledByItsEndAndItsClockGoesOnInAPause) {
  Owner owner;
  const Micros right{0};
  SimClock clock(scheduler, owner, Micros{1000}, right);
  auto gone = clock.after(Micros{5}, [this] { note(1); });
  const auto kept = clock.after(Micros{7}, [this, &clock] { note(static_cast<int>(clock.now().micros)); });
  gone.reset();
  scheduler.pause(owner);
  scheduler.run_until(Instant{50});
  scheduler.resume(owner);
  scheduler.run_until(Instant{50});
  EXPECT_EQ(seen, (std::vector{1050}));
}

}  // namespace
}  // namespace holdfast::sim
