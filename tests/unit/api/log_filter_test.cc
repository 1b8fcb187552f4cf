#include "api/log_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "api/log_tail.h"

namespace holdfast::test {
namespace {

using api::LogFilter;
using api::LogLevel;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* line =
    "2026-01-31T12:00:00.250Z beta holdfastd[812]: WARN:core:start:web-ip:004050:a text: with \"colons\": 1";

TEST(LogLine, IsTakenApart) {
  const auto record = api::parse_log_line(line);
  ASSERT_TRUE(record);
  EXPECT_EQ(*record, (api::LogRecord{"2026-01-31T12:00:00.250Z", "beta", "holdfastd", "WARN", LogLevel::warn, "core",
                                     "start", "web-ip", "004050", "a text: with \"colons\": 1"}));
}

TEST(LogLine, ItsTimeMayHoldBlanks) {
  const auto record = api::parse_log_line(
      "Jan 31 12:00:00.250 beta holdfastd[812]: INFO:links:::003001: COMMUNICATION TO alpha BY ...");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->time, "Jan 31 12:00:00.250");
  EXPECT_EQ(record->node, "beta");
  EXPECT_EQ(record->resource, "");
  EXPECT_EQ(record->text, " COMMUNICATION TO alpha BY ...");
}

TEST(LogLine, WhatIsNoneIsNone) {
  for (const char* text : {"", "]: ", "x]: INFO:a:b:c:1:t", "[1]: INFO:a:b:c:1:t", "a[1]: INFO:a:b:c:1:t",
                           "t n p[1]: LOUD:a:b:c:1:t", "t n p[1]: INFO:a:b:c", "curl: (7) could not connect"})
    EXPECT_FALSE(api::parse_log_line(text)) << text;
}

TEST(LogFilterMatches, EachFieldAlone) {
  EXPECT_TRUE(api::matches({}, "anything"));
  EXPECT_FALSE(api::matches({LogLevel::info, {}, {}, {}, {}}, "anything"));
  EXPECT_TRUE(api::matches({LogLevel::warn, {}, {}, {}, {}}, line));
  EXPECT_FALSE(api::matches({LogLevel::error, {}, {}, {}, {}}, line));
  EXPECT_TRUE(api::matches({{}, "web-ip", {}, {}, {}}, line));
  EXPECT_FALSE(api::matches({{}, "web", {}, {}, {}}, line));
  EXPECT_TRUE(api::matches({{}, {}, "beta", {}, {}}, line));
  EXPECT_FALSE(api::matches({{}, {}, "alpha", {}, {}}, line));
  EXPECT_TRUE(api::matches({{}, {}, {}, "core", {}}, line));
  EXPECT_FALSE(api::matches({{}, {}, {}, "links", {}}, line));
  EXPECT_TRUE(api::matches({{}, {}, {}, {}, WallTime{1769860800250}}, line));
  EXPECT_FALSE(api::matches({{}, {}, {}, {}, WallTime{1769860800251}}, line));
}

TEST(LogTime, KnowsZonesAndFractions) {
  const WallTime noon{1769860800000};
  EXPECT_EQ(api::parse_time("2026-01-31T12:00:00Z"), noon);
  EXPECT_EQ(api::parse_time("2026-01-31 21:00:00+09:00"), noon);
  EXPECT_EQ(api::parse_time("2026-01-31T08:30:00-0330"), noon);
  EXPECT_EQ(api::parse_time("2026-01-31T12:00:00.5Z"), WallTime{noon.millis + 500});
  EXPECT_EQ(api::parse_time("2026-01-31T12:00:00.123456Z"), WallTime{noon.millis + 123});
  EXPECT_EQ(api::parse_time("2026-01-31T12:00:00 maybe"), std::nullopt);
  EXPECT_EQ(api::parse_time("noon"), std::nullopt);
}

TEST(LogSince, TakesTimesAndDistances) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  const WallTime now{1769860800000 + 90'000};  // 12:01:30
  EXPECT_EQ(api::parse_since("90s", now), WallTime{now.millis - 90'000});
  EXPECT_EQ(api::parse_since("2h", now), WallTime{now.millis - 7'200'000});
  EXPECT_EQ(api::parse_since("2026-01-31", now), WallTime{1769817600000});
  EXPECT_EQ(api::parse_since("12:00", now), WallTime{1769860800000});
  EXPECT_EQ(api::parse_since("12:00:30", now), WallTime{1769860830000});
  EXPECT_EQ(api::parse_since("2026-01-31T12:00:00", now), WallTime{1769860800000});
  for (const char* wrong : {"", "10", "-5m", "10x", "soon", "12:00pm", "2026-01-31x", "99999999999999999999s"})
    EXPECT_THAT(api::parse_since(wrong, now).error().text, HasSubstr("allowed: 2026-01-31T12:00:00")) << wrong;
}

TEST(LogLevelOf, NamesWhatIsAllowed) {
  EXPECT_EQ(*api::parse_level("Error"), LogLevel::error);
  EXPECT_EQ(api::parse_level("loud").error().text,
            "level \"loud\": unknown; allowed: info, notify, warn, error, emerg");
}

TEST(LogTail, ForgetsTheOldestAndCountsOn) {
  api::LogTail tail(3);
  for (const char* text : {"a", "b", "c", "d"}) tail.add(text);
  api::LogPage page = tail.page({}, 0);
  EXPECT_THAT(page.lines, ElementsAre("b", "c", "d"));
  EXPECT_EQ(page.next, 4U);
  EXPECT_THAT(tail.page({}, page.next).lines, ElementsAre());
  tail.add("e");
  EXPECT_THAT(tail.page({}, page.next).lines, ElementsAre("e"));
  EXPECT_THAT(tail.page({}, 99).lines, ElementsAre());
  EXPECT_EQ(tail.page({}, 99).next, 5U);
}

}  // namespace
}  // namespace holdfast::test
