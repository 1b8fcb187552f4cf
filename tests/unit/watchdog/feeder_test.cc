// The process that feeds the watchdog: it feeds after an answer, and never else.
#include "watchdog/feeder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace holdfast::watchdog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TestDevice final : public Device {
 public:
  bool feed() override {
    ++fed;
    return works;
  }
  Result<void> set_timeout(Millis wanted) override {
    if (wanted < shortest) return failure("too short");
    timeout = wanted;
    return {};
  }
  bool release() override {
    off = can_end;
    return can_end;
  }

  int fed = 0;
  bool works = true;
  bool can_end = true;
  bool off = false;
  Millis timeout{0};
  Millis shortest{0};
};

class FeederTest : public testing::Test {
 protected:
  TestDevice device;
  std::vector<std::string> said;
  Feeder feeder{device, [this](const std::string& line) { said.push_back(line); }};
};

TEST_F(FeederTest, FeedsOncePerAnswerToTheLastQuestion) {
  feeder.connected();
  EXPECT_THAT(said, ElementsAre("ask 1"));
  EXPECT_EQ(device.fed, 0);
  EXPECT_TRUE(feeder.take("yes 1"));
  EXPECT_EQ(device.fed, 1);
  EXPECT_TRUE(feeder.take("yes 1")) << "once more: nobody asked again";
  EXPECT_EQ(device.fed, 1);
  feeder.tick();
  feeder.tick();
  EXPECT_TRUE(feeder.take("yes 2")) << "late: a loop that stood still answers what it was asked then";
  EXPECT_EQ(device.fed, 1);
  EXPECT_TRUE(feeder.take("yes 3"));
  EXPECT_EQ(device.fed, 2);
}

TEST_F(FeederTest, SilenceAndNoDoNotFeed) {
  feeder.connected();
  EXPECT_TRUE(feeder.take("no 1"));
  EXPECT_TRUE(feeder.take("yes 1")) << "it has said no";
  for (int i = 0; i < 10; ++i) feeder.tick();
  EXPECT_EQ(device.fed, 0);
}

TEST_F(FeederTest, ReleaseEndsIt) {
  feeder.connected();
  EXPECT_TRUE(feeder.take("release"));
  EXPECT_TRUE(device.off);
  EXPECT_TRUE(feeder.over());
  EXPECT_EQ(said.back(), "released");
}

TEST_F(FeederTest, WhatCannotBeSwitchedOffIsFedOnUntilADaemonComesBack) {
  device.can_end = false;
  feeder.connected();
  EXPECT_TRUE(feeder.take("release"));
  EXPECT_FALSE(feeder.over());
  EXPECT_EQ(said.back(), "released");
  feeder.tick();
  EXPECT_EQ(device.fed, 1);
  feeder.connected();
  feeder.tick();
  EXPECT_EQ(device.fed, 1) << "asks again";
}

TEST_F(FeederTest, TimeoutIsSetAndAskedForFiveTimes) {
  EXPECT_TRUE(feeder.take("timeout 4000"));
  EXPECT_EQ(device.timeout, Millis{4000});
  EXPECT_EQ(feeder.interval(), Millis{800});
  EXPECT_TRUE(feeder.take("timeout 60000"));
  EXPECT_EQ(feeder.interval(), Millis{1000});
  EXPECT_THAT(said, IsEmpty());
  device.shortest = Millis{5000};
  EXPECT_TRUE(feeder.take("timeout 2000"));
  EXPECT_THAT(said, ElementsAre("failed too short"));
}

TEST_F(FeederTest, NonsenseIsRefused) {
  feeder.connected();
  for (const char* line : {"", "yes", "yes x", "yes 1x", "timeout", "timeout -1", "timeout 999999999", "release now",
                           "feed", "yes 99999999999999999999999"})
    EXPECT_FALSE(feeder.take(line)) << line;
  EXPECT_EQ(device.fed, 0);
  EXPECT_FALSE(feeder.over());
}

TEST_F(FeederTest, ADeviceThatFailsIsTold) {
  device.works = false;
  feeder.connected();
  EXPECT_TRUE(feeder.take("yes 1"));
  EXPECT_EQ(said.back(), "failed the device takes no more");
}

}  // namespace
}  // namespace holdfast::watchdog
