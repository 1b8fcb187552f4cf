// The real program, as a shell runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/cli/command_line.h"

namespace holdfast::test {
namespace {

using testing::HasSubstr;

struct ShellEnded {
  int code = -1;
  std::string text;  ///< both outputs
};

ShellEnded shell(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  ShellEnded ended;
  std::array<char, 4096> bytes{};
  for (std::size_t count; (count = std::fread(bytes.data(), 1, bytes.size(), pipe)) > 0;)
    ended.text.append(bytes.data(), count);
  const int status = ::pclose(pipe);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

std::string holdfast(const std::string& arguments) { return std::string(HOLDFAST_PROGRAM) + " " + arguments; }

TEST(Program, EndsWithTheExitCodesOfE1) {
  CommandLine line;
  const std::string at = "--socket " + line.socket() + " ";
  EXPECT_EQ(shell(holdfast(at + "status")).code, 0);
  EXPECT_EQ(shell(holdfast("staus")).code, 2);
  EXPECT_EQ(shell(holdfast("--socket /does/not/exist status")).code, 3);
  line.change([](FakeService& service) { service.answer = api::RequestAnswer{AnswerKind::refused, "no"}; });
  EXPECT_EQ(shell(holdfast(at + "resource start web")).code, 4);
  line.change([](FakeService& service) { service.answer = api::RequestAnswer{AnswerKind::failed, "no"}; });
  EXPECT_EQ(shell(holdfast(at + "resource start web")).code, 1);
}

TEST(Program, HasNoColourInAPipe) {
  CommandLine line;
  EXPECT_THAT(shell(holdfast("--socket " + line.socket() + " status")).text, testing::Not(HasSubstr("\033")));
}

TEST(Program, HasColourOnATerminalUnlessNoColorIsSet) {
  CommandLine line;
  const std::string status = holdfast("--socket " + line.socket() + " status");
  const auto on_terminal = [](const std::string& command) {
    return shell("script -qec '" + command + "' /dev/null </dev/null").text;
  };
  EXPECT_THAT(on_terminal(status), HasSubstr("\033[32m"));
  EXPECT_THAT(on_terminal("NO_COLOR=1 " + status), testing::Not(HasSubstr("\033[32m")));
}

/// A folder with the real command and, beside it, a daemon's program of our own.
class CheckCommand : public testing::Test {
 protected:
  CheckCommand() { std::filesystem::copy_file(HOLDFAST_PROGRAM, folder_.file("holdfast")); }
  void beside(const std::string& name, const std::string& script) {
    std::ofstream(folder_.file(name)) << "#!/bin/sh\n" << script;
    ::chmod(folder_.file(name).c_str(), 0755);
  }
  ShellEnded check(const std::string& path = "/nowhere") {
    return shell("PATH=" + path + " " + folder_.file("holdfast") + " check some.toml");
  }
  TemporaryFolder folder_;
};

TEST_F(CheckCommand, AsksTheDaemonsProgramAndEndsAsItDoes) {
  for (const int code : {0, 1, 2}) {
    beside("holdfastd", "echo \"checked $1 $2\"; exit " + std::to_string(code));
    const ShellEnded ended = check();
    EXPECT_EQ(ended.code, code);
    EXPECT_EQ(ended.text, "checked --check some.toml\n");
  }
}

TEST_F(CheckCommand, FindsItInThePath) {
  std::filesystem::create_directory(folder_.file("other"));
  beside("other/holdfastd", "exit 2");
  EXPECT_EQ(check(folder_.file("other")).code, 2);
}

TEST_F(CheckCommand, SaysWhereItLooked) {
  const ShellEnded ended = check();
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.text, HasSubstr("holdfastd not found: neither beside this command, nor in ../sbin, nor in PATH"));
}

TEST_F(CheckCommand, AnAbnormalEndIsAFailure) {
  beside("holdfastd", "kill -9 $$");
  EXPECT_EQ(check().code, 1);
}

/// holdfast agent: the daemon's program knows the agents of this machine.
TEST_F(CheckCommand, AgentsAreAskedOfTheDaemonsProgram) {
  beside("holdfastd", "echo \"$#: $*\"");
  const auto agent = [&](const std::string& arguments) {
    return shell("PATH=/nowhere " + folder_.file("holdfast") + " agent " + arguments);
  };
  EXPECT_EQ(agent("list").text, "1: --list-agents\n");
  EXPECT_EQ(agent("list --names").text, "2: --list-agents --names\n");
  EXPECT_EQ(agent("list --json").text, "2: --list-agents --json\n");
  EXPECT_EQ(agent("show ocf:heartbeat:nginx").text, "1: --show-agent=ocf:heartbeat:nginx\n");
  EXPECT_EQ(agent("show ip --json").text, "2: --show-agent=ip --json\n");
  EXPECT_EQ(agent("show").code, 2);
  EXPECT_THAT(agent("shw ip").text, HasSubstr("did you mean show?"));
  beside("holdfastd", "exit 2");
  EXPECT_EQ(agent("show floppy").code, 2);
}

TEST(Completion, IsTheFileOfThePackageAndValidBash) {
  std::ifstream file(COMPLETION_FILE);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(shell(holdfast("completion bash")).text, expected);
  EXPECT_EQ(shell(std::string("bash -n ") + COMPLETION_FILE).text, "");
}

TEST(Completion, OffersCommandsResourcesAndNodes) {
  CommandLine line;
  const auto offered = [&](const std::string& words, int at) {
    const std::string folder = std::filesystem::path(HOLDFAST_PROGRAM).parent_path();
    return shell("PATH=" + folder + ":$PATH bash -c 'source " COMPLETION_FILE "; COMP_WORDS=(holdfast --socket " +
                 line.socket() + " " + words + "); COMP_CWORD=" + std::to_string(at + 3) +
                 "; _holdfast; echo ${COMPREPLY[@]}'")
        .text;
  };
  EXPECT_EQ(offered("st", 0), "status stop\n");
  EXPECT_EQ(offered("maintenance o", 1), "on off\n");
  EXPECT_EQ(offered("split resolve web --keep b", 4), "beta\n");
  EXPECT_EQ(offered("resource m", 1), "move\n");
  EXPECT_EQ(offered("resource move we", 2), "web web-ip\n");
  EXPECT_EQ(offered("resource move web b", 3), "beta\n");
  EXPECT_EQ(offered("log --level w", 2), "warn\n");
  EXPECT_EQ(offered("why d", 1), "disk\n");
  EXPECT_EQ(offered("agent s", 1), "show\n");
}

/// bash breaks words at colons, so only what stands behind the last one is completed.
TEST_F(CheckCommand, CompletionOffersAgents) {
  beside("holdfastd", "echo ip; echo ocf:heartbeat:nginx; echo ocf:heartbeat:named");
  const auto offered = [&](const std::string& typed, const std::string& words, int at) {
    return shell("PATH=" + folder_.file("") +
                 ":$PATH bash -c 'source " COMPLETION_FILE "; COMP_LINE=\"holdfast agent show " + typed +
                 "\"; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(holdfast agent show " + words +
                 "); COMP_CWORD=" + std::to_string(at) + "; _holdfast; echo ${COMPREPLY[@]}'")
        .text;
  };
  EXPECT_EQ(offered("i", "i", 3), "ip\n");
  EXPECT_EQ(offered("ocf:heartbeat:n", "ocf : heartbeat : n", 7), "nginx named\n");
}

}  // namespace
}  // namespace holdfast::test
