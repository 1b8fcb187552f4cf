// F5 and K11: local recovery as one operation, whatever the agent: Debian's own and small ones of ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <optional>

#include "adapters/agents/catalogue.h"
#include "adapters/process/agent_processes.h"
#include "adapters/process/process_record.h"
#include "program.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

class RecoverTest : public testing::Test {
 protected:
  RecoverTest() { shell("mkdir -p " + folder_.path() + "/ocf/resource.d/acme"); }

  ResourceConfig resource(const std::string& agent, std::map<std::string, std::string> parameters = {}) const {
    ResourceConfig out;
    out.name = ResourceName{"web"};
    out.agent = agent;
    out.parameters = std::move(parameters);
    return out;
  }
  /// ocf:acme:Small, whose program is this shell script.
  ResourceConfig small(const std::string& body) const {
    folder_.script("ocf/resource.d/acme/Small", body);
    return resource("ocf:acme:Small");
  }
  OperationResult run(const ResourceConfig& wanted, OperationKind kind) {
    std::optional<OperationResult> out;
    runner_.run(wanted, kind, [&](OperationResult result) { out = std::move(result); });
    const auto end = Clock::now() + 20s;
    loop_.restart();
    while (!out && Clock::now() < end) loop_.run_one_for(100ms);
    EXPECT_TRUE(out);
    return out.value_or(OperationResult{});
  }
  std::string file(const std::string& name) const {
    std::ifstream in(folder_.path() + "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  Folder folder_;
  boost::asio::io_context loop_;
  Catalogue catalogue_{{.agent_directory = HOLDFAST_AGENT_DIRECTORY,
                        .node = "alpha",
                        .ocf_root = folder_.path() + "/ocf",
                        .run_directory = folder_.path(),
                        .ocf_temporary = folder_.path() + "/tmp"}};
  AgentProcesses runner_{loop_, [this](const ResourceConfig& r, OperationKind k) { return catalogue_.command(r, k); },
                         folder_.path()};
};

TEST_F(RecoverTest, OfAnOcfAgentIsStopAndStart) {
  ResourceConfig teller =
      small("echo $1 $OCF_RESKEY_CRM_meta_name $OCF_RESKEY_CRM_meta_timeout >> " + folder_.path() + "/calls; exit 0");
  teller.timeouts.recover = Millis{8000};
  const OperationResult result = run(teller, OperationKind::recover);
  EXPECT_EQ(result.outcome, OperationOutcome::done);
  EXPECT_EQ(result.observed, ResourceState::in_service);
  EXPECT_EQ(file("calls"), "stop stop 4000\nstart start 4000\n");
}

TEST_F(RecoverTest, DebiansDummyComesBack) {
  Catalogue debian{{.agent_directory = HOLDFAST_AGENT_DIRECTORY,
                    .node = "alpha",
                    .run_directory = folder_.path(),
                    .ocf_temporary = folder_.path() + "/tmp"}};
  catalogue_ = debian;
  const ResourceConfig dummy = resource("ocf:heartbeat:Dummy", {{"state", folder_.path() + "/dummy"}});
  ASSERT_EQ(run(dummy, OperationKind::start).outcome, OperationOutcome::done);
  shell("rm " + folder_.path() + "/dummy");
  ASSERT_EQ(run(dummy, OperationKind::monitor).observed, ResourceState::out_of_service);
  const OperationResult result = run(dummy, OperationKind::recover);
  EXPECT_EQ(result.outcome, OperationOutcome::done) << result.text;
  EXPECT_EQ(run(dummy, OperationKind::monitor).observed, ResourceState::in_service);
}

TEST_F(RecoverTest, AStopThatFindsNothingRunningIsNoObstacle) {
  EXPECT_EQ(run(small("[ $1 = stop ] && exit 7; exit 0"), OperationKind::recover).outcome, OperationOutcome::done);
}

TEST_F(RecoverTest, WhatCannotBeStoppedIsNotStarted) {
  const OperationResult result = run(
      small("[ $1 = start ] && touch " + folder_.path() + "/started; [ $1 = stop ] && { echo busy; exit 3; }; exit 0"),
      OperationKind::recover);
  EXPECT_EQ(result.outcome, OperationOutcome::failed) << "not 'has no recovery'";
  EXPECT_THAT(result.text, HasSubstr("busy stop ended with exit code 3"));
  EXPECT_EQ(file("started"), "");
  EXPECT_EQ(shell("ls " + folder_.path()).find("started"), std::string::npos);
}

TEST_F(RecoverTest, AStartThatFailsSaysWhy) {
  const OperationResult result = run(small("[ $1 = stop ] && exit 0; echo no licence; exit 5"), OperationKind::recover);
  EXPECT_EQ(result.outcome, OperationOutcome::failed);
  EXPECT_EQ(result.exit_code, 5);
  EXPECT_EQ(result.text, "no licence");
}

TEST_F(RecoverTest, ItsTimeIsOneForBothAndItIsKilledWhole) {  // K11
  ResourceConfig slow = small("[ $1 = stop ] && { sleep 0.3; exit 0; }; echo $$ > " + folder_.path() +
                              "/pid; sleep 1000 & echo starting; wait");
  slow.timeouts.recover = Millis{600};
  const auto begin = Clock::now();
  const OperationResult result = run(slow, OperationKind::recover);
  EXPECT_GE(Clock::now() - begin, 600ms);
  EXPECT_EQ(result.outcome, OperationOutcome::timed_out);
  EXPECT_EQ(result.observed, ResourceState::failed);
  EXPECT_THAT(result.text, HasSubstr("starting"));
  const pid_t pid = std::stoi(file("pid"));
  const auto leader = look_up_process(pid);
  EXPECT_TRUE(!leader || leader->ended);
  EXPECT_EQ(shell("pgrep -g $(ps -o pgid= -p " + std::to_string(pid) + " 2>/dev/null || echo 999999)"), "");
}

TEST_F(RecoverTest, ItsOutputIsBounded) {  // K11
  const OperationResult result =
      run(small("[ $1 = stop ] && exit 0; head -c 3000000 /dev/zero | tr '\\0' x; echo end; exit 1"),
          OperationKind::recover);
  EXPECT_EQ(result.outcome, OperationOutcome::failed);
  EXPECT_LE(result.text.size(), 1024U);
  EXPECT_TRUE(result.text.ends_with("end"));
}

TEST_F(RecoverTest, AChildThatHoldsItsPipeIsNotWaitedFor) {  // K11
  const auto begin = Clock::now();
  EXPECT_EQ(run(small("[ $1 = start ] && setsid sleep 5 & exit 0"), OperationKind::recover).outcome,
            OperationOutcome::done);
  EXPECT_LT(Clock::now() - begin, 4s);
}

TEST_F(RecoverTest, OfOurOwnKindsIsTheirs) {
  const ResourceConfig sleeper = resource("process", {{"command", R"(["sleep","1000"])"}});
  ASSERT_EQ(run(sleeper, OperationKind::start).outcome, OperationOutcome::done);
  const auto record = [&] { return read_process_record(process_record_path(folder_.path(), "web")); };
  const auto first = record();
  ASSERT_TRUE(first);
  EXPECT_EQ(run(sleeper, OperationKind::recover).outcome, OperationOutcome::done);
  EXPECT_NE(record(), first);
  EXPECT_FALSE(is_alive(*first));
  EXPECT_EQ(run(sleeper, OperationKind::stop).outcome, OperationOutcome::done);
}

TEST_F(RecoverTest, AScriptWithoutOneSaysSo) {  // K6
  const OperationResult result =
      run(resource("script", {{"restore", "/bin/true"}, {"remove", "/bin/true"}}), OperationKind::recover);
  EXPECT_EQ(result.outcome, OperationOutcome::not_runnable);
  EXPECT_EQ(result.text, "it has no recover script");
}

}  // namespace
}  // namespace holdfast::test
