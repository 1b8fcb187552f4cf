#include "api/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::test {
namespace {

using api::parse_target;
using testing::ElementsAre;
using testing::Pair;

TEST(Target, IsTakenApartAndDecoded) {
  const auto target = parse_target("/v1/why/a%20b%2Fc?level=warn&x=%41%3d&empty=&bare#fragment");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->segments, ElementsAre("v1", "why", "a b/c"));
  EXPECT_THAT(target->query, ElementsAre(Pair("bare", ""), Pair("empty", ""), Pair("level", "warn"), Pair("x", "A=")));
}

TEST(Target, MayBeTheRoot) {
  EXPECT_THAT(parse_target("/")->segments, ElementsAre());
  EXPECT_THAT(parse_target("/v1/")->segments, ElementsAre("v1"));
  EXPECT_THAT(parse_target("//v1")->segments, ElementsAre("", "v1"));
}

TEST(Target, SaysWhatIsWrong) {
  EXPECT_EQ(parse_target("").error().text, "path: must begin with /");
  EXPECT_EQ(parse_target("*").error().text, "path: must begin with /");
  for (const char* wrong : {"/%", "/%4", "/%zz", "/a?b=%f"})
    EXPECT_EQ(parse_target(wrong).error().text, "path: bad percent escape; allowed: % and two hexadecimal digits");
  EXPECT_EQ(parse_target("/a?b=1&b=2").error().text, "query field \"b\": given twice");
}

TEST(Target, EncodingIsUndoneByDecoding) {
  const std::string odd("a/b?c&d=e%f #\xc3\xbc\x01", 15);
  EXPECT_THAT(parse_target("/" + api::percent_encode(odd))->segments, ElementsAre(odd));
}

}  // namespace
}  // namespace holdfast::test
