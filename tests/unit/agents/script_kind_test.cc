// K6: the operator's own scripts, as LifeKeeper's generic application calls them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"

namespace holdfast::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ScriptTest : public testing::Test {
 protected:
  Folder folder_;
  Agent agent_{"script",
               {{"restore", folder_.script("restore", "echo restore $* $HOLDFAST_INFO >&2")},
                {"remove", folder_.script("remove", "echo remove $* >&2")},
                {"info", "SID 00"}},
               folder_.path()};
};

TEST_F(ScriptTest, WithoutQuickCheckItIsAlwaysWellWhileInService) {
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
  const RunResult started = agent_.call("start");
  EXPECT_EQ(started.exit_code, 0);
  EXPECT_EQ(started.output, "restore -t web -i web SID 00\n");
  EXPECT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
}

TEST_F(ScriptTest, QuickCheckIsAskedOnlyInService) {
  agent_.parameters["quickCheck"] = folder_.script("quickCheck", "test -e " + folder_.path() + "/well");
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const RunResult found = agent_.call("monitor");
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.output, HasSubstr("quickCheck ended with exit code 1"));
  shell("touch " + folder_.path() + "/well");
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
}

TEST_F(ScriptTest, AFailedRestoreIsNotInService) {
  agent_.parameters["restore"] = folder_.script("bad", "echo no licence; exit 4");
  const RunResult result = agent_.call("start");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, AllOf(HasSubstr("no licence"), HasSubstr("restore ended with exit code 4")));
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
}

TEST_F(ScriptTest, AFailedRemoveStaysInService) {
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  agent_.parameters["remove"] = folder_.script("bad", "kill -9 $$");
  const RunResult result = agent_.call("stop");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("remove ended by signal 9"));
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
}

TEST_F(ScriptTest, WithoutRecoverItSaysSoWithACodeOfItsOwn) {
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const RunResult none = agent_.call("recover");
  EXPECT_EQ(none.exit_code, 3) << "fail over at once";
  EXPECT_THAT(none.output, HasSubstr("no recover script"));
}

TEST_F(ScriptTest, RecoverIsTheOperatorsOwn) {
  const std::string well = folder_.path() + "/well";
  agent_.parameters["quickCheck"] = folder_.script("quickCheck", "test -e " + well);
  agent_.parameters["recover"] = folder_.script("recover", "echo recover $*; touch " + well);
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  ASSERT_EQ(agent_.call("monitor").exit_code, 1);
  const RunResult recovered = agent_.call("recover");
  EXPECT_EQ(recovered.exit_code, 0);
  EXPECT_EQ(recovered.output, "recover -t web -i web\n");
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
  agent_.parameters["recover"] = folder_.script("hopeless", "exit 3");
  EXPECT_EQ(agent_.call("recover").exit_code, 1) << "its own 3 is an ordinary failure";
}

TEST_F(ScriptTest, WrongParametersAreNamed) {
  agent_.parameters["restore"] = "restore.sh";
  EXPECT_EQ(agent_.call("start").exit_code, 6);
  EXPECT_THAT(agent_.call("start").output, HasSubstr("must be an absolute path"));
  agent_.parameters["restore"] = "/no/such/script";
  EXPECT_EQ(agent_.call("validate-all").exit_code, 5);
  EXPECT_THAT(agent_.call("start").output, HasSubstr("/no/such/script: No such file"));
  agent_.parameters.erase("restore");
  EXPECT_THAT(agent_.call("start").output, HasSubstr("restore is missing"));
}

}  // namespace
}  // namespace holdfast::test
