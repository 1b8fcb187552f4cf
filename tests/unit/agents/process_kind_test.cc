// K7: kind `process` with real processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "adapters/process/process_record.h"
#include "program.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string sh(const std::string& script) {
  std::string quoted;
  for (char c : script) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "[\"/bin/sh\",\"-c\",\"" + quoted + "\"]";
}

class ProcessTest : public testing::Test {
 protected:
  void TearDown() override {
    if (const auto left = record()) kill(-left->pid, SIGKILL);
  }
  std::optional<ProcessIdentity> record() const {
    return read_process_record(process_record_path(folder_.path(), "web"));
  }
  std::string file(const std::string& name) const {
    std::ifstream in(folder_.path() + "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// Waits for what another process does; a guard, not a measure.
  static bool becomes_true(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(2ms);
    return condition();
  }

  Folder folder_;
  Agent agent_{"process", {{"command", R"(["sleep","1000"])"}}, folder_.path()};
};

TEST_F(ProcessTest, StartStopAndMonitorMayBeRepeated) {
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  const RunResult first = agent_.call("start");
  ASSERT_EQ(first.exit_code, 0) << first.output;
  const auto running = record();
  ASSERT_TRUE(running);
  EXPECT_TRUE(is_alive(*running));
  EXPECT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_EQ(record(), running) << "an adopted service is not restarted";
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  EXPECT_FALSE(is_alive(*running));
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
}

TEST_F(ProcessTest, StandsApartFromWhoStartedIt) {
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const auto entry = look_up_process(record()->pid);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->session, entry->identity.pid);
  EXPECT_EQ(entry->group, entry->identity.pid);
  const std::string descriptors = shell("ls -l /proc/" + std::to_string(entry->identity.pid) + "/fd");
  EXPECT_THAT(descriptors, AllOf(HasSubstr("0 -> /dev/null"), Not(HasSubstr(" 3 -> "))));
}

TEST_F(ProcessTest, AProgramThatCannotBeRunIsSaid) {
  agent_.parameters["command"] = R"(["/no/such/program"])";
  RunResult result = agent_.call("start");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("cannot run /no/such/program: No such file"));
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
  agent_.parameters["command"] = R"(["sleep","1"])";
  agent_.parameters["directory"] = "/no/such/place";
  result = agent_.call("start");
  EXPECT_THAT(result.output, HasSubstr("/no/such/place"));
  agent_.parameters["directory"] = "/";
  agent_.parameters["user"] = "nobody-of-that-name";
  result = agent_.call("start");
  EXPECT_THAT(result.output, HasSubstr("user nobody-of-that-name does not exist"));
  EXPECT_EQ(result.exit_code, 1);
}

TEST_F(ProcessTest, WithoutARecordNothingRuns) {  // nobody could stop it
  std::ofstream(folder_.path() + "/process") << "a file where the folder should be";
  agent_.parameters["command"] = sh("touch " + folder_.path() + "/ran; exec sleep 1000");
  const RunResult result = agent_.call("start");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("cannot write"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/ran"));
}

TEST_F(ProcessTest, TheRecordStandsBeforeTheFirstInstruction) {
  agent_.parameters["command"] =
      sh("cp " + folder_.path() + "/process/web " + folder_.path() + "/seen; exec sleep 1000");
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  ASSERT_TRUE(becomes_true([&] { return !file("seen").empty(); }));
  EXPECT_EQ(file("seen"), file("process/web"));
}

TEST_F(ProcessTest, ADeathDuringStartTellsExitCodeAndOutput) {
  agent_.parameters["command"] = sh("echo port taken; exit 3");
  agent_.parameters["check"] = R"(["false"])";
  const RunResult result = agent_.call("start");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, AllOf(HasSubstr("exit code 3"), HasSubstr("port taken")));
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
}

TEST_F(ProcessTest, StartWaitsForTheCheck) {
  agent_.parameters["command"] = sh("sleep 0.2; touch " + folder_.path() + "/ready; exec sleep 1000");
  agent_.parameters["check"] = R"(["test","-e",")" + folder_.path() + R"(/ready"])";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/ready"));
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
  std::filesystem::remove(folder_.path() + "/ready");
  const RunResult found = agent_.call("monitor");
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.output, HasSubstr("check failed with exit code 1"));
}

TEST_F(ProcessTest, ACheckThatNeverPassesLeavesNothingBehind) {
  agent_.parameters["command"] = sh("echo $$ > " + folder_.path() + "/pid; exec sleep 1000");
  agent_.parameters["check"] = sh("echo not yet; exit 9");
  const RunResult result = agent_.call("start", Millis{500});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, AllOf(HasSubstr("did not pass in time"), HasSubstr("9"), HasSubstr("not yet")));
  const pid_t pid = std::stoi(file("pid"));
  EXPECT_TRUE(becomes_true([&] { return !look_up_process(pid) || look_up_process(pid)->ended; }));
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
}

TEST_F(ProcessTest, ACheckThatHangsOnceIsTriedAgain) {
  agent_.parameters["check"] =
      sh("[ -e " + folder_.path() + "/hung ] && exit 0; touch " + folder_.path() + "/hung; exec sleep 1000");
  EXPECT_EQ(agent_.call("start", Millis{1500}).exit_code, 0);
}

TEST_F(ProcessTest, StopEndsTheWholeGroupWhateverItTakes) {
  const std::string pid_file = folder_.path() + "/child";
  agent_.parameters["command"] =
      sh("trap '' TERM; (trap '' TERM; echo $$ > /dev/null; sleep 1000; sleep 1000) & echo $! > " + pid_file +
         "; while :; do sleep 1; done");
  agent_.parameters["check"] = R"(["test","-s",")" + pid_file + R"("])";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const pid_t leader = record()->pid;
  ASSERT_GE(living_members(leader).size(), 2U);
  EXPECT_EQ(agent_.call("stop", Millis{500}).exit_code, 0);
  EXPECT_TRUE(living_members(leader).empty());
}

TEST_F(ProcessTest, StopSendsTheConfiguredSignalFirst) {
  agent_.parameters["command"] = sh("trap 'echo bye > " + folder_.path() + "/bye; exit' QUIT; touch " + folder_.path() +
                                    "/up; while :; do sleep 0.01; done");
  agent_.parameters["check"] = R"(["test","-e",")" + folder_.path() + R"(/up"])";
  agent_.parameters["stop_signal"] = "QUIT";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  EXPECT_EQ(file("bye"), "bye\n");
}

TEST_F(ProcessTest, ChildrenThatOutliveTheirLeaderAreNotOutOfService) {
  agent_.parameters["command"] = sh("sleep 1000 & wait");
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const ProcessIdentity leader = *record();
  ASSERT_TRUE(becomes_true([&] { return living_members(leader.pid).size() == 2; }));
  kill(leader.pid, SIGKILL);
  ASSERT_TRUE(becomes_true([&] { return !is_alive(leader); }));
  const RunResult found = agent_.call("monitor");
  EXPECT_EQ(found.exit_code, 1) << "its children may hold ports and files";
  EXPECT_THAT(found.output, HasSubstr("still run"));
  EXPECT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_TRUE(living_members(leader.pid).empty()) << "the old ones went before the new one came";
}

TEST_F(ProcessTest, RecoverStartsAnewWhatIsDead) {  // F5
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const ProcessIdentity dead = *record();
  kill(dead.pid, SIGKILL);
  ASSERT_TRUE(becomes_true([&] { return !is_alive(dead); }));
  const RunResult recovered = agent_.call("recover");
  EXPECT_EQ(recovered.exit_code, 0) << recovered.output;
  EXPECT_EQ(recovered.output, "");
  EXPECT_NE(record(), dead);
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
}

TEST_F(ProcessTest, RecoverEndsWhatIsLeftFirst) {
  agent_.parameters["command"] =
      sh("trap 'echo bye > " + folder_.path() + "/bye; exit' TERM; sleep 1000 & touch " + folder_.path() + "/up; wait");
  agent_.parameters["check"] = R"(["test","-e",")" + folder_.path() + R"(/up"])";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const ProcessIdentity hanging = *record();
  ASSERT_TRUE(becomes_true([&] { return living_members(hanging.pid).size() == 2; }));
  EXPECT_EQ(agent_.call("recover").exit_code, 0) << "its leader lives: the check had failed";
  EXPECT_EQ(file("bye"), "bye\n") << "it may end in order";
  EXPECT_TRUE(living_members(hanging.pid).empty());
  const ProcessIdentity second = *record();
  ASSERT_TRUE(becomes_true([&] { return living_members(second.pid).size() == 2; }));
  kill(second.pid, SIGKILL);
  ASSERT_TRUE(becomes_true([&] { return !is_alive(second); }));
  ASSERT_FALSE(living_members(second.pid).empty());
  EXPECT_EQ(agent_.call("recover").exit_code, 0) << "its leader is dead, its child is not";
  EXPECT_TRUE(living_members(second.pid).empty());
}

TEST_F(ProcessTest, RecoverKillsWhatDoesNotEndAndStillHasTimeToStart) {
  agent_.parameters["command"] = sh("trap '' TERM; touch " + folder_.path() + "/up; while :; do sleep 0.05; done");
  agent_.parameters["check"] = R"(["test","-e",")" + folder_.path() + R"(/up"])";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const ProcessIdentity hanging = *record();
  const RunResult recovered = agent_.call("recover", Millis{1500});
  EXPECT_EQ(recovered.exit_code, 0) << recovered.output;
  EXPECT_FALSE(is_alive(hanging));
}

TEST_F(ProcessTest, AFailedRecoverySaysWhyAndLeavesNothing) {
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const ProcessIdentity first = *record();
  agent_.parameters["command"] = sh("echo disk gone; exit 4");
  agent_.parameters["check"] = R"(["false"])";
  const RunResult result = agent_.call("recover");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, AllOf(HasSubstr("exit code 4"), HasSubstr("disk gone")));
  EXPECT_FALSE(is_alive(first));
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
}

TEST_F(ProcessTest, ARecordOfAReusedNumberIsNotOurs) {
  const pid_t other = fork();
  if (other == 0) {
    setpgid(0, 0);
    pause();
    _exit(0);
  }
  ProcessIdentity stale = look_up_process(other)->identity;
  stale.start_ticks -= 1;
  ASSERT_TRUE(write_process_record(process_record_path(folder_.path(), "web"), stale));
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  EXPECT_TRUE(look_up_process(other) && !look_up_process(other)->ended) << "a stranger was killed";
  kill(other, SIGKILL);
}

TEST_F(ProcessTest, RunsAsTheUserWithACleanEnvironment) {
  agent_.parameters["command"] = sh("id -un; env; pwd; exec sleep 1000");
  agent_.parameters["user"] = "nobody";
  agent_.parameters["directory"] = "/usr";
  agent_.parameters["environment"] = R"({"COLOUR":"blue","PATH":"/usr/bin:/bin"})";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  ASSERT_TRUE(becomes_true([&] { return file("process/web.log").find("\n/usr\n") != std::string::npos; }));
  EXPECT_THAT(file("process/web.log"),
              AllOf(HasSubstr("nobody\n"), HasSubstr("COLOUR=blue\n"), HasSubstr("PATH=/usr/bin:/bin\n"),
                    HasSubstr("HOLDFAST_RESOURCE=web\n"), Not(HasSubstr("OCF_"))));
}

TEST_F(ProcessTest, OutputStaysBounded) {
  agent_.parameters["command"] =
      sh("head -c 3000000 /dev/zero | tr '\\0' x; touch " + folder_.path() + "/done; exec sleep 1000");
  agent_.parameters["check"] = R"(["test","-e",")" + folder_.path() + R"(/done"])";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const auto size = [&](const std::string& name) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(folder_.path() + "/process/" + name, error);
    return error ? 0U : bytes;
  };
  EXPECT_GT(size("web.log") + size("web.log.1"), 0U);
  EXPECT_LE(size("web.log") + size("web.log.1"), 512U * 1024);
}

TEST_F(ProcessTest, WrongParametersAreNamed) {
  const auto refused = [&](const std::string& name, const std::string& value) {
    Agent wrong = agent_;
    wrong.parameters[name] = value;
    const RunResult result = wrong.call("start");
    return std::to_string(result.exit_code) + " " + result.output;
  };
  EXPECT_THAT(refused("command", ""), AllOf(HasSubstr("6 "), HasSubstr("command is missing")));
  EXPECT_THAT(refused("command", "[]"), AllOf(HasSubstr("6 "), HasSubstr("command is missing")));
  EXPECT_THAT(refused("command", "sleep 1000"), AllOf(HasSubstr("6 "), HasSubstr("list of strings")));
  EXPECT_THAT(refused("check", "[1]"), AllOf(HasSubstr("6 "), HasSubstr("check")));
  EXPECT_THAT(refused("stop_signal", "BANG"), AllOf(HasSubstr("6 "), HasSubstr("allowed are TERM")));
  EXPECT_THAT(refused("environment", "[\"X\"]"), AllOf(HasSubstr("6 "), HasSubstr("NAME=value")));
}

}  // namespace
}  // namespace holdfast::test
