// G3: a node is off when the agent says so afterwards, and only then.
#include "adapters/fence/fence_runner.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <optional>

#include "agent_folder.h"
#include "unit/process/loop.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FenceRunnerTest : public testing::Test {
 protected:
  FenceOrder order(const std::string& agent) const {
    return {NodeId{2}, "beta", agent, {{"password", "geheim"}}, Millis{0}, Millis{10'000}};
  }
  FenceResult fence(const FenceOrder& wanted) {
    std::optional<FenceResult> out;
    runner_.fence(wanted, [&](FenceResult result) { out = std::move(result); });
    EXPECT_FALSE(out) << "the result came from within fence()";
    EXPECT_TRUE(loop_.run_until([&] { return out.has_value(); }));
    return out.value_or(FenceResult{});
  }

  AgentFolder folder_;
  Loop loop_;
  FenceRunner runner_{loop_.context(), FenceAgents(folder_.path() + ":/usr/sbin:/usr/bin:/bin")};
};

TEST_F(FenceRunnerTest, SwitchesOffAndConfirmsWithDebiansAgent) {
  FenceOrder wanted = order("fence_dummy");
  wanted.parameters = {{"status_file", folder_.file("status")}};
  put(folder_.file("status"), "on");
  const FenceResult result = fence(wanted);
  EXPECT_EQ(result.verdict, FenceVerdict::off) << result.text;
  EXPECT_EQ(result.text, "fence_dummy: confirmed off");
  EXPECT_EQ(folder_.read("status"), "off");
}

TEST_F(FenceRunnerTest, AsksForTheStatusAfterwards) {
  folder_.agent("fence_good", "[ $action = status ] && exit 2; exit 0");
  EXPECT_EQ(fence(order("fence_good")).verdict, FenceVerdict::off);
  EXPECT_EQ(folder_.read("calls"), " off\n status\n") << "nothing in the arguments";
  EXPECT_THAT(folder_.read("input"), HasSubstr("action=off\nnodename=beta\nplug=beta\npassword=geheim\n"));
}

TEST_F(FenceRunnerTest, TellsWhyItFailedWithoutSecrets) {
  folder_.agent("fence_bad", "echo 'cannot log in with geheim' >&2; exit 1");
  const FenceResult result = fence(order("fence_bad"));
  EXPECT_EQ(result.verdict, FenceVerdict::failed);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.text, "fence_bad: off failed with exit code 1: cannot log in with ***");
}

TEST_F(FenceRunnerTest, FindsAnAgentThatLies) {
  folder_.agent("fence_liar", "exit 0");
  const FenceResult result = fence(order("fence_liar"));
  EXPECT_EQ(result.verdict, FenceVerdict::failed);
  EXPECT_THAT(result.text, HasSubstr("but the status is on"));
}

TEST_F(FenceRunnerTest, WaitsForASlowDevice) {
  folder_.agent("fence_slow", "[ $action = off ] && exit 0; [ -e asked ] && exit 2; touch asked; exit 0");
  EXPECT_EQ(fence(order("fence_slow")).verdict, FenceVerdict::off);
}

TEST_F(FenceRunnerTest, DoesNotBelieveAStatusThatFails) {
  folder_.agent("fence_mute", "[ $action = off ] && exit 0; exit 1");
  const FenceResult result = fence(order("fence_mute"));
  EXPECT_EQ(result.verdict, FenceVerdict::failed);
  EXPECT_THAT(result.text, HasSubstr("status failed with exit code 1"));
}

TEST_F(FenceRunnerTest, KillsOneThatHangsWithItsChildren) {
  folder_.agent("fence_hung", "trap '' TERM; sleep 1000 & echo $! > child; wait; sleep 1000");
  FenceOrder wanted = order("fence_hung");
  wanted.limit = Millis{300};
  const FenceResult result = fence(wanted);
  EXPECT_EQ(result.verdict, FenceVerdict::timed_out) << result.text;
  const pid_t child = std::stoi(folder_.read("child"));
  EXPECT_TRUE(loop_.run_until([&] { return kill(child, 0) != 0; })) << child;
}

TEST_F(FenceRunnerTest, TellsOneThatIsNotThere) {
  const FenceResult result = fence(order("fence_nowhere"));
  EXPECT_EQ(result.verdict, FenceVerdict::not_runnable);
  EXPECT_THAT(result.text, HasSubstr("is not installed"));
}

TEST_F(FenceRunnerTest, WaitsItsDelayAndCanBeCalledOffMeanwhile) {
  folder_.agent("fence_good", "[ $action = status ] && exit 2; exit 0");
  FenceOrder wanted = order("fence_good");
  wanted.delay = Millis{300};
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(fence(wanted).verdict, FenceVerdict::off);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);

  wanted.delay = Millis{60'000};
  std::optional<FenceResult> out;
  runner_.fence(wanted, [&](FenceResult result) { out = std::move(result); });
  runner_.cancel(NodeId{2});
  ASSERT_TRUE(loop_.run_until([&] { return out.has_value(); }));
  EXPECT_EQ(out->verdict, FenceVerdict::cancelled);
  EXPECT_EQ(folder_.read("calls"), " off\n status\n") << "the second one never ran";
}

TEST_F(FenceRunnerTest, RunsOneOrderPerTarget) {
  folder_.agent("fence_good", "[ $action = status ] && exit 2; exit 0");
  FenceOrder wanted = order("fence_good");
  wanted.delay = Millis{60'000};
  runner_.fence(wanted, [](const FenceResult&) {});
  wanted.delay = Millis{0};
  EXPECT_THAT(fence(wanted).text, HasSubstr("beta is being fenced already"));
  wanted.target = NodeId{3};
  EXPECT_EQ(fence(wanted).verdict, FenceVerdict::off) << "another target";
}

}  // namespace
}  // namespace holdfast::test
