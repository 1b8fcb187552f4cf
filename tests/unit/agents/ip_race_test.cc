// B3: two machines start one address in the same instant; exactly one gets it. Real agents in real network namespaces.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "network.h"
#include "program.h"

namespace holdfast::test {
namespace {

using testing::HasSubstr;

constexpr int rounds = 25;

class IpRaceTest : public testing::TestWithParam<std::string> {
 protected:
  Agent agent(const std::string& interface) const {
    return {"ip", {{"address", GetParam()}, {"interface", interface}}};
  }

  /// Starts it on both sides, the second time `apart` later.
  std::pair<RunResult, RunResult> start_both(Millis apart) {
    std::pair<RunResult, RunResult> out;
    const std::string gate = folder_.path() + "/gate";
    mkfifo(gate.c_str(), 0600);
    boost::asio::io_context loop;
    ProgramRunner runner{loop};
    const Millis limit{10000};
    network_.here(
        [&] { runner.run(behind(gate, "here0", Millis{0}), limit, [&](RunResult r) { out.first = std::move(r); }); });
    network_.there(
        [&] { runner.run(behind(gate, "there0", apart), limit, [&](RunResult r) { out.second = std::move(r); }); });
    loop.run_for(Millis{20});                                     // both stand before the gate
    const int opened = open(gate.c_str(), O_WRONLY | O_CLOEXEC);  // lets both through in one instant
    loop.restart();
    loop.run();
    close(opened);
    unlink(gate.c_str());
    return out;
  }

  /// The agent's start, when somebody writes into `gate`. (Processes take a millisecond to be made: too much here.)
  Command behind(const std::string& gate, const std::string& interface, Millis late) const {
    Command command = agent(interface).command("start");
    const std::string wait = "exec 3<" + gate + "; sleep " + std::to_string(static_cast<double>(late.count()) / 1000);
    const std::string script = (late.count() > 0 ? wait : "exec 3<" + gate) + "; exec \"$@\"";
    command.arguments.insert(command.arguments.begin(), {"/bin/sh", "-c", script, "sh"});
    return command;
  }

  bool has(const std::string& interface, const std::string& list) const {
    return list.find(" " + GetParam() + " ") != std::string::npos && list.find(interface) != std::string::npos;
  }

  Network network_;
  Folder folder_;
};

INSTANTIATE_TEST_SUITE_P(Families, IpRaceTest, testing::Values("10.9.0.100/24", "fd00:9::100/64"),
                         [](const auto& family) { return family.index == 0 ? "IPv4" : "IPv6"; });

TEST_P(IpRaceTest, ExactlyOneGetsTheAddress) {
  int here_won = 0;
  for (int round = 0; round < rounds; ++round) {
    const int apart = round % 3 == 0 ? round : 0;
    const auto [ours, theirs] = start_both(Millis{apart});
    std::string here_list;
    std::string there_list;
    network_.here([&] { here_list = shell("ip -o addr show here0"); });
    network_.there([&] { there_list = shell("ip -o addr show there0"); });
    const bool here_has = has("here0", here_list);
    EXPECT_NE(here_has, has("there0", there_list))
        << "started " << apart << " ms apart: " << ours.output << theirs.output;
    EXPECT_EQ(ours.exit_code, here_has ? 0 : 150) << ours.output;
    EXPECT_EQ(theirs.exit_code, here_has ? 150 : 0) << theirs.output;
    EXPECT_THAT((here_has ? theirs : ours).output, HasSubstr("already in use"));
    here_won += here_has ? 1 : 0;
    network_.here([&] { agent("here0").call("stop"); });
    network_.there([&] { agent("there0").call("stop"); });
  }
  // Started far enough apart the first one wins, whatever its MAC address.
  EXPECT_GT(here_won, 0);
}

}  // namespace
}  // namespace holdfast::test
