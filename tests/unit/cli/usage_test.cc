// E1: wrong usage is one clear line and exit code 2; no daemon is exit code 3 and names the socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "adapters/http/unix_listener.h"
#include "unit/cli/command_line.h"

namespace holdfast::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Usage : public testing::Test {
 protected:
  /// The one line of a wrong usage.
  std::string mistake(const std::vector<std::string>& arguments) {
    const Ended ended = line_.run(arguments);
    EXPECT_EQ(ended.exit, cli::Exit::usage) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    return ended.err;
  }

  CommandLine line_;
};

TEST_F(Usage, UnknownCommandsAreNamedWithTheKnownOnes) {
  EXPECT_EQ(
      mistake({"statsu"}),
      "holdfast: command \"statsu\": unknown; did you mean status? known: status, resource, node, why, log, stop, "
      "maintenance, split, check, plan, apply, export, simulate, journal, agent, notify, version, completion\n");
  EXPECT_EQ(
      mistake({"resource", "sotp", "web"}),
      "holdfast: command \"resource\": \"sotp\": unknown; did you mean stop? known: list, show, start, stop, move\n");
  EXPECT_EQ(
      mistake({"node", "confirm-of", "beta"}),
      "holdfast: command \"node\": \"confirm-of\": unknown; did you mean confirm-off? known: confirm, confirm-off\n");
  EXPECT_THAT(mistake({"node", "confirm", "beta", "maybe"}), HasSubstr("maybe"));
  EXPECT_THAT(mistake({}), HasSubstr("commands: status, resource"));
  EXPECT_THAT(mistake({"resource"}), StartsWith("holdfast: "));
}

TEST_F(Usage, WrongOptionsAndMissingWordsAreNamed) {
  EXPECT_THAT(mistake({"status", "--wtach"}), HasSubstr("--wtach"));
  EXPECT_THAT(mistake({"resource", "start"}), HasSubstr("RESOURCE is required"));
  EXPECT_THAT(mistake({"resource", "move", "web"}), HasSubstr("NODE is required"));
  EXPECT_THAT(mistake({"resource", "start", "web", "--timeout", "soon"}), HasSubstr("soon"));
  EXPECT_THAT(mistake({"resource", "start", "web", "alpha", "beta"}), HasSubstr("beta"));
  EXPECT_THAT(mistake({"completion", "fish"}), HasSubstr("fish"));
  EXPECT_THAT(mistake({"log", "--lines", "many"}), HasSubstr("many"));
  EXPECT_THAT(mistake({"log", "--level", "loud"}), HasSubstr("allowed: info, notify, warn, error, emerg"));
  EXPECT_THAT(mistake({"log", "--since", "soon"}), HasSubstr("allowed: 2026-01-31T12:00:00"));
  EXPECT_THAT(mistake({"log", "--file", "/does/not/exist"}), HasSubstr("cannot be read"));
  EXPECT_THAT(mistake({"check"}), HasSubstr("FILE is required"));
  EXPECT_THAT(mistake({"maintenance"}), StartsWith("holdfast: "));
  EXPECT_THAT(mistake({"maintenance", "of"}), HasSubstr("known: on, off"));
  EXPECT_THAT(mistake({"maintenance", "on", "--node", "alpha", "--resource", "web"}), HasSubstr("--resource"));
  EXPECT_THAT(mistake({"split", "resolve", "web"}), HasSubstr("--keep is required"));
  EXPECT_THAT(mistake({"stop", "delta"}),
              HasSubstr("node \"delta\": unknown; did you mean beta? known: alpha, beta, gamma"));
  EXPECT_EQ(mistake({"maintenance", "on", "--resource", "wbe"}),
            "holdfast: resource \"wbe\": unknown; did you mean web? known: disk, web, web-ip\n");
}

TEST_F(Usage, UnknownResourcesAndNodesAreNamedWithTheKnownOnes) {
  const std::string unknown = "holdfast: resource \"wbe\": unknown; did you mean web? known: disk, web, web-ip\n";
  EXPECT_EQ(mistake({"resource", "start", "wbe"}), unknown);
  EXPECT_EQ(mistake({"resource", "stop", "wbe"}), unknown);
  EXPECT_EQ(mistake({"resource", "move", "wbe", "beta"}), unknown);
  EXPECT_EQ(mistake({"resource", "show", "wbe"}), unknown);
  EXPECT_EQ(mistake({"why", "wbe"}), unknown);
  EXPECT_EQ(mistake({"resource", "move", "web", "bta"}),
            "holdfast: node \"bta\": unknown; did you mean beta? known: alpha, beta, gamma\n");
  EXPECT_EQ(mistake({"resource", "start", "we/b?c"}),
            "holdfast: resource \"we/b?c\": unknown; known: disk, web, web-ip\n");
}

TEST_F(Usage, HelpIsNoMistake) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"status", "--help"}, {"resource", "move", "--help"}}) {
    const Ended ended = line_.run(arguments);
    EXPECT_EQ(ended.exit, cli::Exit::done);
    EXPECT_THAT(ended.out, HasSubstr("Usage: "));
  }
}

TEST(NoDaemon, IsExitCode3AndNamesTheSocket) {
  const TemporaryFolder folder;
  const std::string socket = folder.file("api.sock");
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"status"},
                                                    {"status", "--watch"},
                                                    {"resource", "list"},
                                                    {"resource", "show", "web"},
                                                    {"resource", "start", "web"},
                                                    {"resource", "start", "web", "--json"},
                                                    {"why", "web"},
                                                    {"version", "--json"}}) {
    const Ended ended = CommandLine::run_at(socket, arguments);
    EXPECT_EQ(ended.exit, cli::Exit::no_daemon) << arguments.back();
    EXPECT_EQ(ended.err, "holdfast: no daemon at " + socket + ": there is no such socket; is holdfastd running?\n");
    EXPECT_EQ(ended.out, "");
  }
}

TEST(NoDaemon, LeavesVersionAndCompletionUsable) {
  const TemporaryFolder folder;
  const Ended version = CommandLine::run_at(folder.file("none"), {"version"});
  EXPECT_EQ(version.exit, cli::Exit::done);
  EXPECT_THAT(version.out, StartsWith("holdfast " HOLDFAST_VERSION "\nholdfastd: no daemon at "));
  EXPECT_EQ(CommandLine::run_at(folder.file("none"), {"completion"}).exit, cli::Exit::done);
  const Ended names = CommandLine::run_at(folder.file("none"), {"completion", "--names", "resources"});
  EXPECT_EQ(names.exit, cli::Exit::no_daemon);
  EXPECT_EQ(names.out + names.err, "");
}

TEST(NoDaemon, ASocketThatNobodyListensOnIsSaidToBeOne) {
  const TemporaryFolder folder;
  auto listener = http::UnixListener::open(folder.file("s"));
  ASSERT_TRUE(listener);
  ::close(listener->release());
  const Ended ended = CommandLine::run_at(folder.file("s"), {"status"});
  EXPECT_EQ(ended.exit, cli::Exit::no_daemon);
  EXPECT_THAT(ended.err, HasSubstr("nobody listens there"));
}

}  // namespace
}  // namespace holdfast::test
