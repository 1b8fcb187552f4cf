#include <gtest/gtest.h>

#include "cli/console.h"
#include "cli/suggest.h"

namespace holdfast::test {
namespace {

TEST(UnknownWord, SuggestsWhatIsNearAndNamesAll) {
  EXPECT_EQ(cli::unknown_word("resource", "wbe", {"disk", "web", "web-ip"}),
            "resource \"wbe\": unknown; did you mean web? known: disk, web, web-ip");
  EXPECT_EQ(cli::unknown_word("node", "zebra", {"alpha", "beta"}), "node \"zebra\": unknown; known: alpha, beta");
  EXPECT_EQ(cli::unknown_word("resource", "x", {}), "resource \"x\": unknown; none is configured");
  EXPECT_LT(cli::unknown_word("resource", std::string(100000, 'x'), {"web"}).size(), 200U);
}

TEST(Wrapped, BreaksAtBlanksOnly) {
  EXPECT_EQ(cli::wrapped("one two three", 8, "  "), "one two\n  three");
  EXPECT_EQ(cli::wrapped("a-word-that-is-too-long b", 5, ""), "a-word-that-is-too-long\nb");
  EXPECT_EQ(cli::wrapped("one two three four five", 9, "    "), "one two\n    three\n    four five");
  EXPECT_EQ(cli::wrapped("", 5, ""), "");
}

TEST(Width, CountsCodePoints) {
  EXPECT_EQ(cli::width_of("└─ é"), 4U);
  EXPECT_EQ(cli::padded("é", 3), "é  ");
}

}  // namespace
}  // namespace holdfast::test
