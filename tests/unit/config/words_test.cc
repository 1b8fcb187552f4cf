#include "config/words.h"

#include <gtest/gtest.h>

#include "config/address.h"

namespace holdfast::config {
namespace {

TEST(Words, Names) {
  for (const char* right : {"a", "web-ip", "node.example.org", "A_1", "0"}) EXPECT_TRUE(is_name(right)) << right;
  for (const char* wrong : {"", ".", "..", "-a", "_a", "a b", "a/b", "ä", "a\n"}) EXPECT_FALSE(is_name(wrong)) << wrong;
  EXPECT_TRUE(is_name(std::string(63, 'x')));
  EXPECT_FALSE(is_name(std::string(64, 'x')));
}

TEST(Words, Durations) {
  EXPECT_EQ(parse_duration("500ms"), Millis{500});
  EXPECT_EQ(parse_duration("30s"), Millis{30'000});
  EXPECT_EQ(parse_duration("2m"), Millis{120'000});
  EXPECT_EQ(parse_duration("1000h"), Millis{3'600'000'000});
  for (const char* wrong :
       {"", "s", "5", "5 s", " 5s", "5sec", "-5s", "+5s", "1.5s", "1m30s", "1001h", "9223372036854775807h"})
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  EXPECT_EQ(show(Millis{0}), "0s");
  EXPECT_EQ(show(Millis{90'000}), "90s");
  EXPECT_EQ(show(Millis{120'000}), "2m");
  EXPECT_EQ(show(Millis{1500}), "1500ms");
}

TEST(Words, Quoted) {
  EXPECT_EQ(in_quotes("a\nb"), "\"a?b\"");
  EXPECT_EQ(in_quotes(std::string(81, 'x')), "\"" + std::string(80, 'x') + "...\"");
  EXPECT_EQ(in_quotes(std::string(79, 'x') + "ää"), "\"" + std::string(79, 'x') + "...\"");  // no half letter
}

TEST(Words, DidYouMean) {
  EXPECT_EQ(did_you_mean("nodse", {"name", "nodes"}), " (did you mean \"nodes\"?)");
  EXPECT_EQ(did_you_mean("colour", {"name", "nodes"}), "");
  EXPECT_EQ(did_you_mean("up", {"ip"}), " (did you mean \"ip\"?)");
  EXPECT_EQ(did_you_mean("x", {"ip"}), "");
}

TEST(Addresses, Parse) {
  EXPECT_EQ(show(*parse_address("10.0.0.1")), "10.0.0.1");
  EXPECT_EQ(show(*parse_address("FD00:0:0::1")), "fd00::1");
  for (const char* wrong : {"", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", "fd00::1%eth0", "host", "1:2"})
    EXPECT_FALSE(parse_address(wrong)) << wrong;
  EXPECT_EQ(parse_prefixed_address("10.0.0.1/24")->prefix, 24);
  EXPECT_EQ(parse_prefixed_address("fd00::1/128")->prefix, 128);
  EXPECT_EQ(parse_prefixed_address("fd00::1")->prefix, std::nullopt);
  for (const char* wrong : {"10.0.0.1/33", "10.0.0.1/", "10.0.0.1/x", "10.0.0.1/2 ", "fd00::1/129", "/24"})
    EXPECT_FALSE(parse_prefixed_address(wrong)) << wrong;
}

TEST(Addresses, SubnetsByTheUsualPrefix) {
  const auto same = [](const char* a, const char* b) {
    return looks_like_same_subnet(*parse_address(a), *parse_address(b));
  };
  EXPECT_TRUE(same("10.0.0.1", "10.0.0.254"));
  EXPECT_FALSE(same("10.0.0.1", "10.0.1.1"));
  EXPECT_TRUE(same("fd00:0:0:1::1", "fd00:0:0:1:ffff::1"));
  EXPECT_FALSE(same("fd00:0:0:1::1", "fd00:0:0:2::1"));
  EXPECT_FALSE(same("10.0.0.1", "a00:1::"));
}

}  // namespace
}  // namespace holdfast::config
