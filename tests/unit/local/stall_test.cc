// L5: load is not death, and who slept holds back.
#include "core/local/stall.h"

#include <gtest/gtest.h>

namespace holdfast::core {
namespace {

Instant at(std::int64_t millis) { return Instant{millis * 1000}; }

StallLimits limits() { return {Millis{50}, Millis{125}, Millis{1000}, true}; }

TEST(StallGuard, LateWithinToleranceIsNoStall) {
  StallGuard guard(limits(), at(0));
  EXPECT_FALSE(guard.look(at(50)));
  EXPECT_FALSE(guard.look(at(50 + 50 + 125)));
  EXPECT_FALSE(guard.holding(at(225)));
}

TEST(StallGuard, SaysHowLateTheLoopIs) {
  StallGuard guard(limits(), at(0));
  const auto late = guard.look(at(5050));
  ASSERT_TRUE(late);
  EXPECT_EQ(*late, Micros{Millis{5000}});
  EXPECT_TRUE(guard.holding(at(5050)));
}

TEST(StallGuard, HoldsUntilLinksArePolledAnewAndResourcesChecked) {
  StallGuard guard(limits(), at(0));
  guard.look(at(5000));
  guard.on_links_polled(at(5001));  // may be from before the stall
  guard.on_resources_checked(guard.number());
  EXPECT_TRUE(guard.holding(at(6000))) << "no fresh poll yet";
  guard.on_links_polled(at(6000));
  EXPECT_FALSE(guard.holding(at(6000)));
}

TEST(StallGuard, UncheckedResourcesKeepHolding) {
  StallGuard guard(limits(), at(0));
  guard.look(at(5000));
  guard.on_links_polled(at(6000));
  EXPECT_TRUE(guard.holding(at(9000)));
  guard.on_resources_checked(guard.number());
  EXPECT_FALSE(guard.holding(at(9000)));
}

TEST(StallGuard, ASecondStallBeginsANewHold) {
  StallGuard guard(limits(), at(0));
  guard.look(at(5000));
  const auto first = guard.number();
  guard.look(at(6000));
  guard.on_resources_checked(first);
  guard.on_links_polled(at(7000));
  EXPECT_TRUE(guard.holding(at(7000))) << "the check began before the second stall";
  guard.on_resources_checked(guard.number());
  EXPECT_FALSE(guard.holding(at(7000)));
}

TEST(StallGuard, WaitingForTheDiskIsNoStall) {
  StallGuard guard(limits(), at(0));
  guard.forgive(at(800));
  EXPECT_FALSE(guard.look(at(850)));
  EXPECT_FALSE(guard.holding(at(850)));
  EXPECT_EQ(guard.take_worst_lag(), Micros{Millis{750}});
  EXPECT_EQ(guard.take_worst_lag(), Micros{0});
}

TEST(StallGuard, AHoldForARestartedEngineEndsEarlyIfAllAreBack) {
  StallGuard guard(limits(), at(0));
  guard.hold(at(10), Millis{3000});
  guard.on_resources_checked(guard.number());
  guard.on_links_polled(at(1500));
  EXPECT_TRUE(guard.holding(at(1500)));
  guard.shorten(at(1600));
  EXPECT_TRUE(guard.holding(at(1600))) << "the paths are to be polled first";
  guard.on_links_polled(at(1700));
  EXPECT_FALSE(guard.holding(at(1700)));
}

TEST(StallGuard, WithoutPathsNoPollIsWaitedFor) {
  StallLimits alone = limits();
  alone.polls = false;
  StallGuard guard(alone, at(0));
  guard.look(at(5000));
  guard.on_resources_checked(guard.number());
  EXPECT_TRUE(guard.holding(at(5999)));
  EXPECT_FALSE(guard.holding(at(6000)));
}

TEST(StallGuard, AnEngineThatPollsLateWasStalledItself) {
  StallLimits promised = limits();
  promised.poll_every = Millis{200};
  promised.poll_tolerance = Millis{850};
  StallGuard guard(promised, at(0));
  EXPECT_FALSE(guard.on_links_polled(at(5000))) << "the first one: it has just begun";
  EXPECT_FALSE(guard.on_links_polled(at(5000 + 1050))) << "as long as a ring takes to form";
  const auto late = guard.on_links_polled(at(10'050));
  ASSERT_TRUE(late);
  EXPECT_EQ(*late, Micros{Millis{3800}});
  EXPECT_TRUE(guard.holding(at(10'050)));
  guard.on_resources_checked(guard.number());
  EXPECT_FALSE(guard.on_links_polled(at(11'050)));
  EXPECT_FALSE(guard.holding(at(11'050)));
}

TEST(StallGuard, WithoutAPromiseALatePollIsNoStall) {
  StallGuard guard(limits(), at(0));
  guard.on_links_polled(at(1000));
  EXPECT_FALSE(guard.on_links_polled(at(60'000)));
  EXPECT_FALSE(guard.holding(at(60'000)));
}

TEST(StallLimits, FollowTheDetection) {
  ClusterConfig config;
  config.nodes.resize(2);
  config.detection.token = Millis{3000};
  EXPECT_EQ(stall_limits(config, Millis{50}).tolerance, Micros{Millis{1500}});
  config.detection.token = Millis{50};
  EXPECT_EQ(stall_limits(config, Millis{50}).tolerance, Micros{Millis{100}}) << "never below 100 ms";
  EXPECT_TRUE(stall_limits(config, Millis{50}).polls);
  config.nodes.resize(1);
  EXPECT_FALSE(stall_limits(config, Millis{50}).polls);
}

}  // namespace
}  // namespace holdfast::core
