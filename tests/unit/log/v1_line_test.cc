#include "adapters/log/v1_line.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "api/log_filter.h"
#include "base/random.h"

namespace holdfast::logging {
namespace {

const LineOrigin origin{"alpha", "holdfastd", 4711};

class V1Line : public ::testing::Test {
 protected:
  void zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  void TearDown() override {
    ::unsetenv("TZ");
    ::tzset();
  }
};

TEST_F(V1Line, IsAsTheContractSays) {
  zone("JST-9");
  const LogLine line{Severity::notify, "core", "start", ResourceName{"web-ip"}, 1234, "BEGIN start of \"web-ip\""};
  EXPECT_EQ(v1_line(origin, WallTime{1767225600123}, v1_message(line)),
            "2026-01-01T09:00:00.123+09:00 alpha holdfastd[4711]: NOTIFY:core:start:web-ip:001234:BEGIN start of "
            "\"web-ip\"");
}

TEST_F(V1Line, EmptyFieldsStayAsTwoColons) {
  EXPECT_EQ(v1_message({Severity::error, "links", "", {}, 5, "COMMUNICATIONS beta FAILED AT: now"}),
            "ERROR:links:::000005:COMMUNICATIONS beta FAILED AT: now");
}

TEST_F(V1Line, ZonesWestOfGreenwichAndTimesBefore1970) {
  zone("NST3:30");
  EXPECT_EQ(v1_line(origin, WallTime{-1}, ""), "1969-12-31T20:29:59.999-03:30 alpha holdfastd[4711]: ");
}

TEST_F(V1Line, ATextCannotMakeALineOfItsOwn) {
  const std::string text =
      "one\ntwo\r\x1b[31mred\tx\x7f\xc2\x9b"
      "0m \xc3\xa9 c:\\d";
  EXPECT_EQ(v1_message({Severity::warning, "a:b", "st\nop", ResourceName{"r\x01"}, 7, text}),
            "WARN:a\\x3ab:st\\nop:r\\x01:000007:one\\ntwo\\x0d\\x1b[31mred\\tx\\x7f\\xc2\\x9b0m \xc3\xa9 c:\\d");
}

TEST_F(V1Line, AnEndlessTextIsCut) {
  const std::string message = v1_message({Severity::info, "m", "", {}, 1, std::string(1000000, '\x01')});
  EXPECT_LT(message.size(), 16500U);
  EXPECT_TRUE(message.ends_with("\\x01..."));
}

// What the API and the command filter by is what was written.
TEST_F(V1Line, IsReadBackByTheReader) {
  Random random(7);
  const auto word = [&random] {
    std::string out;
    for (std::int64_t left = random.between(0, 12); left > 0; --left) out += static_cast<char>(random.between(1, 255));
    return out;
  };
  for (int i = 0; i < 2000; ++i) {
    const LogLine line{static_cast<Severity>(random.between(0, 3)),           word(), word(), ResourceName{word()},
                       static_cast<std::uint32_t>(random.between(0, 999999)), word()};
    const WallTime time{random.between(0, 4000000000000)};
    const auto read = api::parse_log_line(v1_line(origin, time, v1_message(line)));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->node, "alpha");
    EXPECT_EQ(read->program, "holdfastd");
    EXPECT_EQ(read->level_word, level_word(line.severity));
    EXPECT_EQ(v1_message(line), read->level_word + ":" + read->module + ":" + read->action + ":" + read->resource +
                                    ":" + read->message + ":" + read->text);
    EXPECT_EQ(read->message.size(), 6U);
    EXPECT_EQ(api::parse_time(read->time), time);
  }
}

}  // namespace
}  // namespace holdfast::logging
