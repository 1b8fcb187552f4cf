// G4: when a node feeds its watchdog.
#include "core/local/watchdog.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::core {
namespace {

WatchdogInput well() {
  WatchdogInput input;
  input.now = Instant{10'000'000};
  input.last_round = Instant{9'950'000};
  input.loop_limit = Millis{1000};
  input.agreed = input.quorate = input.holds = true;
  return input;
}

TEST(Watchdog, IsFedWhileAllIsWell) { EXPECT_EQ(may_feed(well()), Feeding::yes); }

TEST(Watchdog, IsNotFedByALoopThatStoodStill) {
  WatchdogInput input = well();
  input.last_round = input.now + -Millis{1000};
  EXPECT_EQ(may_feed(input), Feeding::yes) << "just in time";
  input.last_round = input.now + -Micros{1'000'001};
  EXPECT_EQ(may_feed(input), Feeding::loop_late);
  input.holds = false;
  EXPECT_EQ(may_feed(input), Feeding::loop_late) << "whatever runs here: the daemon hangs";
}

TEST(Watchdog, AnyDoubtEndsTheFeedingAtOnce) {
  WatchdogInput input = well();
  input.quorate = false;
  EXPECT_EQ(may_feed(input), Feeding::no_quorum);
  input.agreed = false;
  EXPECT_EQ(may_feed(input), Feeding::not_agreed);
  input.held = true;
  EXPECT_EQ(may_feed(input), Feeding::held);
}

TEST(Watchdog, ANodeOnWhichNothingRunsIsNotReset) {
  WatchdogInput input = well();
  input.holds = input.agreed = input.quorate = false;
  EXPECT_EQ(may_feed(input), Feeding::yes);
  input.held = true;
  EXPECT_EQ(may_feed(input), Feeding::yes);
}

TEST(Watchdog, TheDeviceFiresBeforeThePeersHaveWaited) {
  ClusterConfig config;
  config.watchdog = {"/dev/watchdog", Millis{10'000}};
  config.detection.token = Millis{250};
  EXPECT_EQ(device_timeout(config), Millis{8950});
  config.detection.token = Millis{2200};
  EXPECT_EQ(device_timeout(config), Millis{5000}) << "never less than half";
}

TEST(Watchdog, EveryRefusalSaysWhy) {
  for (const Feeding feeding : {Feeding::loop_late, Feeding::held, Feeding::not_agreed, Feeding::no_quorum})
    EXPECT_NE(std::string(why_not_fed(feeding)), "");
}

}  // namespace
}  // namespace holdfast::core
