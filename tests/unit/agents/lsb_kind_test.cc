// K10: init scripts, good ones and such that lie. The scripts stand in a folder that is mounted over /etc/init.d for
// the agent alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"

namespace holdfast::test {
namespace {

using testing::HasSubstr;

constexpr const char* honest =
    "case $1 in start) touch $STATE ;; stop) rm -f $STATE ;; status) test -e $STATE && exit 0; exit 3 ;; *) exit 2 ;; "
    "esac";

class LsbTest : public testing::Test {
 protected:
  /// The script's $STATE is the file that says that it runs.
  void script(const std::string& body) { folder_.script("app", "STATE=" + state() + "\n" + body); }
  std::string state() const { return folder_.path() + "/state"; }
  bool runs() const { return shell("test -e " + state() + " && echo yes") == "yes\n"; }

  RunResult call(const std::string& action, const std::string& interval = "10000", Millis timeout = Millis{3000},
                 const std::string& name = "app") const {
    Command command = Agent{"lsb", {}, folder_.path()}.command(action, timeout);
    command.environment.push_back("OCF_RESOURCE_TYPE=" + name);
    command.environment.push_back("OCF_RESKEY_CRM_meta_interval=" + interval);
    const std::vector<std::string> apart{
        "/usr/bin/unshare", "-m", "/bin/sh", "-c", "mount --bind \"$0\" /etc/init.d && exec \"$@\"", folder_.path()};
    command.arguments.insert(command.arguments.begin(), apart.begin(), apart.end());
    return run_and_wait(command, Millis{20000});
  }
  RunResult probe() const { return call("monitor", "0"); }

  Folder folder_;
};

TEST_F(LsbTest, AnHonestScript) {
  script(honest);
  EXPECT_EQ(call("monitor").exit_code, 7);
  EXPECT_EQ(call("start").exit_code, 0);
  EXPECT_EQ(call("start").exit_code, 0);
  EXPECT_EQ(call("monitor").exit_code, 0);
  EXPECT_EQ(call("recover").exit_code, 0);
  EXPECT_TRUE(runs());
  EXPECT_EQ(call("stop").exit_code, 0);
  EXPECT_EQ(call("stop").exit_code, 0);
  EXPECT_EQ(call("monitor").exit_code, 7);
}

TEST_F(LsbTest, WhatRunsIsNotStartedAgain) {
  script("case $1 in start) echo again; exit 1 ;; status) exit 0 ;; esac");
  EXPECT_EQ(call("start").exit_code, 0);
}

TEST_F(LsbTest, AStartThatLies) {
  script("case $1 in start) exit 0 ;; status) exit 3 ;; esac");
  const RunResult run = call("start");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, HasSubstr("ended with 0, but app is not running (status 3)"));
}

TEST_F(LsbTest, AStartThatIsSoonTrue) {
  script("case $1 in start) (sleep 0.5; touch $STATE) & ;; status) test -e $STATE && exit 0; exit 3 ;; esac");
  EXPECT_EQ(call("start").exit_code, 0);
  EXPECT_TRUE(runs());
}

TEST_F(LsbTest, AStartThatFails) {
  script("case $1 in start) echo no licence; exit 6 ;; status) exit 3 ;; esac");
  const RunResult run = call("start");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, HasSubstr("no licence"));
  EXPECT_THAT(run.output, HasSubstr("start of /etc/init.d/app ended with exit code 6"));
}

TEST_F(LsbTest, AStopThatLies) {
  script("case $1 in stop) exit 0 ;; status) exit 0 ;; esac");
  const RunResult run = call("stop");
  EXPECT_EQ(run.exit_code, 1) << "else it would run on two nodes (F3)";
  EXPECT_THAT(run.output, HasSubstr("app is running"));
}

TEST_F(LsbTest, AStopThatComplainsThatNothingRuns) {
  script("case $1 in stop) exit 1 ;; status) exit 3 ;; esac");
  EXPECT_EQ(call("stop").exit_code, 0);
}

TEST_F(LsbTest, AStopWithoutAStatus) {
  script("case $1 in stop) exit 0 ;; *) exit 4 ;; esac");
  const RunResult run = call("stop");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, HasSubstr("does not tell its status (exit code 4)"));
}

TEST_F(LsbTest, OneThatDied) {
  script("exit 1");
  EXPECT_EQ(call("monitor").exit_code, 1);
  EXPECT_THAT(call("monitor").output, HasSubstr("pid file is still there"));
  EXPECT_EQ(probe().exit_code, 7) << "where it should not run it does not";
  script("exit 4");
  EXPECT_EQ(call("monitor").exit_code, 1);
  EXPECT_EQ(probe().exit_code, 1);
}

TEST_F(LsbTest, WhatIsMissingIsNamed) {
  EXPECT_EQ(call("ready").exit_code, 5);
  EXPECT_THAT(call("ready").output, HasSubstr("there is no init script /etc/init.d/app"));
  shell("touch " + folder_.path() + "/app");
  EXPECT_THAT(call("ready").output, HasSubstr("not an executable file"));
  script(honest);
  EXPECT_EQ(call("ready").exit_code, 0);
  EXPECT_FALSE(runs()) << "nothing is started by it (K10)";
  EXPECT_EQ(call("validate-all", "0", Millis{3000}, "../x").exit_code, 6);
  EXPECT_EQ(call("start", "0", Millis{3000}, "../../bin/sh").exit_code, 6);
}

}  // namespace
}  // namespace holdfast::test
