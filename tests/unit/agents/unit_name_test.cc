// K4: what may be named as a unit; one line each (E1). Real units: tests/cluster/test_units.py.
#include "agents/systemd/unit_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/process/systemd_unit.h"

namespace holdfast::agent {
namespace {

using testing::HasSubstr;

TEST(UnitName, Good) {
  for (const char* unit :
       {"nginx.service", "postgresql@15-main.service", "srv-data.mount", "a\\x2db.service", "x.target"})
    EXPECT_TRUE(check_unit_name(unit)) << unit;
}

TEST(UnitName, Wrong) {
  const std::pair<const char*, const char*> wrong[] = {{"nginx", "full name with its kind"},
                                                       {"../x.service", "not a path"},
                                                       {"postgresql@.service", "is a template"},
                                                       {"@a.service", "is a template"},
                                                       {"a b.service", "letters, digits"},
                                                       {".service", "letters, digits"},
                                                       {"holdfast.service", "Holdfast itself stands"},
                                                       {"dev-sda.device", "full name with its kind"}};
  for (const auto& [unit, text] : wrong) {
    const auto checked = check_unit_name(unit);
    ASSERT_FALSE(checked) << unit;
    EXPECT_THAT(checked.error().text, HasSubstr(text));
  }
  EXPECT_FALSE(check_unit_name(std::string(260, 'a') + ".service"));
}

TEST(UnitText, NamesTheReason) {
  EXPECT_EQ(describe("a.service", {"failed", "failed", "signal", 2, 9, 0}),
            "a.service is failed (failed), result signal; its main process was ended by signal 9 (KILL)");
  EXPECT_EQ(describe("a.service", {"failed", "failed", "exit-code", 1, 3, 0}),
            "a.service is failed (failed), result exit-code; its main process ended with exit code 3");
  EXPECT_EQ(describe("a.mount", {"inactive", "dead", "", 0, 0, 0}), "a.mount is inactive (dead)");
}

TEST(UnitState, BetweenIsNeither) {
  EXPECT_TRUE(is_in_service({"reloading", "reload", "", 0, 0, 0}));
  EXPECT_TRUE(is_between({"activating", "auto-restart", "", 0, 0, 0}));
  EXPECT_TRUE(is_between({"inactive", "dead", "", 0, 0, 17})) << "in the middle of a restart";
  EXPECT_FALSE(is_between({"active", "running", "", 0, 0, 17}));
  EXPECT_FALSE(is_between({"failed", "failed", "", 0, 0, 0}));
}

}  // namespace
}  // namespace holdfast::agent
