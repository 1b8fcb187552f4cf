// K1 and B3: kind `ip` between two real network namespaces.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>

#include <chrono>

#include "network.h"
#include "program.h"

namespace holdfast::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string bytes_of(const std::string& address) {
  std::string out(16, '\0');
  if (inet_pton(AF_INET, address.c_str(), out.data()) == 1) return out.substr(0, 4);
  inet_pton(AF_INET6, address.c_str(), out.data());
  return out;
}

/// One address family's view of things.
struct Version {
  std::string address;
  int prefix;
  int protocol;

  std::string cidr() const { return address + "/" + std::to_string(prefix); }
  bool is_ipv6() const { return protocol == ETH_P_IPV6; }
  /// "address is at me": ARP with this sender, or an unsolicited advertisement with the override flag.
  bool announces(const std::string& packet) const {
    if (!is_ipv6()) return packet.size() >= 28 && packet.substr(14, 4) == bytes_of(address);
    return packet.size() >= 72 && packet[6] == 58 && packet[40] == char(136) && packet[44] == 0x20 &&
           packet.substr(48, 16) == bytes_of(address);
  }
  /// "who has address?" from nobody.
  bool asks(const std::string& packet) const {
    if (!is_ipv6())
      return packet.size() >= 28 && packet[7] == 1 && packet.substr(14, 4) == std::string(4, '\0') &&
             packet.substr(24, 4) == bytes_of(address);
    return packet.size() >= 64 && packet[6] == 58 && packet[40] == char(135) &&
           packet.substr(8, 16) == std::string(16, '\0') && packet.substr(48, 16) == bytes_of(address);
  }
};

class IpTest : public testing::TestWithParam<Version> {
 protected:
  Agent agent(const std::string& interface) const {
    return {"ip", {{"address", GetParam().cidr()}, {"interface", interface}}};
  }
  RunResult here(const std::string& action) { return here(agent("here0"), action); }
  RunResult here(const Agent& wanted, const std::string& action) {
    RunResult out;
    network_.here([&] { out = wanted.call(action); });
    return out;
  }
  RunResult there(const std::string& action) {
    RunResult out;
    network_.there([&] { out = agent("there0").call(action); });
    return out;
  }
  /// As another program sees it.
  bool is_on_here0() {
    std::string list;
    network_.here([&] { list = shell("ip -o addr show here0"); });
    return list.find(" " + GetParam().cidr() + " ") != std::string::npos;
  }

  Network network_;
};

INSTANTIATE_TEST_SUITE_P(Families, IpTest,
                         testing::Values(Version{"10.9.0.100", 24, ETH_P_ARP}, Version{"fd00:9::100", 64, ETH_P_IPV6}),
                         [](const auto& version) { return version.param.is_ipv6() ? "IPv6" : "IPv4"; });

TEST_P(IpTest, StartStopAndMonitorMayBeRepeated) {
  EXPECT_EQ(here("monitor").exit_code, 7);
  EXPECT_EQ(here("stop").exit_code, 0);
  const RunResult first = here("start");
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_EQ(first.output, "");
  EXPECT_TRUE(is_on_here0());
  EXPECT_EQ(here("start").exit_code, 0);
  EXPECT_EQ(here("monitor").exit_code, 0);
  EXPECT_EQ(here("stop").exit_code, 0);
  EXPECT_FALSE(is_on_here0());
  EXPECT_EQ(here("stop").exit_code, 0);
  EXPECT_EQ(here("monitor").exit_code, 7);
}

TEST_P(IpTest, AnAddressInUseIsRefusedAndItsHolderNamed) {
  ASSERT_EQ(there("start").exit_code, 0);
  const RunResult refused = here("start");
  EXPECT_EQ(refused.exit_code, 150) << "held elsewhere: G2 tries that again, and nothing else";
  EXPECT_THAT(refused.output,
              AllOf(HasSubstr(GetParam().address), HasSubstr("in use"), HasSubstr(network_.there_mac())));
  EXPECT_EQ(std::count(refused.output.begin(), refused.output.end(), '\n'), 1) << refused.output;
  EXPECT_FALSE(is_on_here0());
  ASSERT_EQ(there("stop").exit_code, 0);
  EXPECT_EQ(here("start").exit_code, 0) << "free again";
}

TEST_P(IpTest, TheCheckCanBeSwitchedOff) {
  ASSERT_EQ(there("start").exit_code, 0);
  Agent unchecked = agent("here0");
  unchecked.parameters["dad_wait"] = "0";
  EXPECT_EQ(here(unchecked, "start").exit_code, 0);
  EXPECT_TRUE(is_on_here0());
}

TEST_P(IpTest, AsksSeveralTimesThenAnnouncesAtOnceAndLater) {
  std::optional<Listener> ear;
  network_.there([&] { ear.emplace("there0", GetParam().protocol); });
  Agent talkative = agent("here0");
  talkative.parameters["announce"] = "2";
  ASSERT_EQ(here(talkative, "start").exit_code, 0);
  const auto heard =
      ear->collect([](const std::string& packet) { return GetParam().asks(packet) || GetParam().announces(packet); },
                   GetParam().is_ipv6() ? 5U : 6U, 2000);
  std::string order;
  for (const std::string& packet : heard) order += GetParam().asks(packet) ? 'q' : 'a';
  EXPECT_EQ(order, GetParam().is_ipv6() ? "qqqqa" : "qqqqaa") << "request and reply form for IPv4";
  const auto later = ear->collect([](const std::string& packet) { return GetParam().announces(packet); }, 1, 3000);
  EXPECT_EQ(later.size(), 1U) << "no second announcement";
}

TEST_P(IpTest, DoesNotAnnounceAnAddressThatHasGone) {
  ASSERT_EQ(here("start").exit_code, 0);
  ASSERT_EQ(here("stop").exit_code, 0);
  std::optional<Listener> ear;
  network_.there([&] { ear.emplace("there0", GetParam().protocol); });
  EXPECT_TRUE(ear->collect([](const std::string& packet) { return GetParam().announces(packet); }, 1, 700).empty());
}

TEST_P(IpTest, AnInterfaceThatIsDownIsAFailure) {
  ASSERT_EQ(here("start").exit_code, 0);
  // Without its link: IPv6 addresses leave an interface that is switched off, and then it is 7.
  network_.there([] { shell("ip link set there0 down"); });
  const RunResult found = here("monitor");
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.output, HasSubstr("here0 has no link"));
  ASSERT_EQ(here("stop").exit_code, 0);
  const RunResult refused = here("start");
  EXPECT_EQ(refused.exit_code, 1) << "the duplicate check would ask nobody";
  EXPECT_THAT(refused.output, HasSubstr("here0 has no link"));
}

TEST_P(IpTest, AnAddressOnAnotherInterfaceIsRefused) {
  network_.here([&] { shell("ip addr add " + GetParam().cidr() + " dev lo"); });
  const RunResult refused = here("start");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("already on lo of this node"));
  EXPECT_EQ(here("monitor").exit_code, 7);
  EXPECT_EQ(here("stop").exit_code, 0) << "not ours";
}

TEST_P(IpTest, WrongParametersAreNamed) {
  const auto refused = [&](const std::string& name, const std::string& value) {
    Agent wrong = agent("here0");
    wrong.parameters[name] = value;
    const RunResult result = here(wrong, "start");
    return std::to_string(result.exit_code) + " " + result.output;
  };
  EXPECT_THAT(refused("address", ""), AllOf(HasSubstr("6 "), HasSubstr("address is missing")));
  EXPECT_THAT(refused("address", GetParam().address), AllOf(HasSubstr("6 "), HasSubstr("prefix length")));
  EXPECT_THAT(refused("address", GetParam().address + "/129"), HasSubstr("6 "));
  EXPECT_THAT(refused("address", "ten/24"), AllOf(HasSubstr("6 "), HasSubstr("\"ten\" is not an IPv4 or IPv6")));
  EXPECT_THAT(refused("dad_wait", "soon"), AllOf(HasSubstr("6 "), HasSubstr("from 0 to 10000")));
  EXPECT_THAT(refused("announce", "0"), AllOf(HasSubstr("6 "), HasSubstr("from 1 to 100")));
  EXPECT_THAT(refused("ping", "host"), AllOf(HasSubstr("6 "), HasSubstr("list of strings")));
  EXPECT_THAT(refused("interface", "none0"), AllOf(HasSubstr("5 "), HasSubstr("none0 does not exist")));
  EXPECT_FALSE(is_on_here0());
  Agent elsewhere = agent("none0");
  EXPECT_EQ(here(elsewhere, "monitor").exit_code, 7);
  EXPECT_EQ(here(elsewhere, "stop").exit_code, 0);
}

TEST_P(IpTest, MonitorAsksThePingList) {
  // The other side's link-local address is not up yet at once; its own of the same net is.
  const std::string peer = GetParam().is_ipv6() ? "fd00:9::2" : "10.9.0.2";
  if (GetParam().is_ipv6()) network_.there([&] { shell("ip addr add " + peer + "/64 dev there0 nodad"); });
  Agent pinging = agent("here0");
  pinging.parameters["ping"] = "[\"" + peer + "\"]";
  ASSERT_EQ(here(pinging, "start").exit_code, 0);
  const RunResult found = here(pinging, "monitor");
  EXPECT_EQ(found.exit_code, 0) << found.output;
  pinging.parameters["ping"] = GetParam().is_ipv6() ? "[\"10.9.0.2\"]" : "[\"fd00:9::2\"]";
  EXPECT_EQ(here(pinging, "monitor").exit_code, 6) << "of another family";
}

TEST_P(IpTest, RecoverBringsBackAnAddressThatWasRemoved) {  // F5
  ASSERT_EQ(here("start").exit_code, 0);
  network_.here([&] { shell("ip addr del " + GetParam().cidr() + " dev here0"); });
  ASSERT_EQ(here("monitor").exit_code, 7);
  std::optional<Listener> ear;
  network_.there([&] { ear.emplace("there0", GetParam().protocol); });
  const RunResult recovered = here("recover");
  EXPECT_EQ(recovered.exit_code, 0) << recovered.output;
  EXPECT_TRUE(is_on_here0());
  EXPECT_EQ(ear->collect([](const std::string& packet) { return GetParam().announces(packet); }, 1, 2000).size(), 1U);
}

TEST_P(IpTest, RecoverAnnouncesAnAddressThatStayed) {
  ASSERT_EQ(here("start").exit_code, 0);
  std::optional<Listener> ear;
  network_.there([&] { ear.emplace("there0", GetParam().protocol); });
  EXPECT_EQ(here("recover").exit_code, 0);
  EXPECT_TRUE(is_on_here0());
  EXPECT_EQ(ear->collect([](const std::string& packet) { return GetParam().announces(packet); }, 1, 2000).size(), 1U);
}

TEST_P(IpTest, RecoverTakesNothingFromWhoHoldsTheAddressNow) {  // B3
  ASSERT_EQ(here("start").exit_code, 0);
  network_.here([&] { shell("ip addr del " + GetParam().cidr() + " dev here0"); });
  ASSERT_EQ(there("start").exit_code, 0);
  RunResult refused = here("recover");
  EXPECT_EQ(refused.exit_code, 150);
  EXPECT_THAT(refused.output, HasSubstr("already in use: " + network_.there_mac()));
  EXPECT_FALSE(is_on_here0());
  network_.here([&] { shell("ip addr add " + GetParam().cidr() + " dev here0 nodad"); });
  refused = here("recover");
  EXPECT_EQ(refused.exit_code, 150) << "nor does it steal the traffic by announcing";
  EXPECT_THAT(refused.output, HasSubstr("already in use"));
}

TEST_P(IpTest, RecoverDoesNotTouchTheInterface) {
  ASSERT_EQ(here("start").exit_code, 0);
  network_.here([&] { shell("ip link set here0 down"); });
  const RunResult refused = here("recover");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("interface here0 is down"));
  network_.here([&] { shell("ip link del here0"); });
  EXPECT_EQ(here("recover").exit_code, 5);
}

TEST_P(IpTest, RecoverIsDoneOnlyIfTheMonitorIsContent) {
  Agent pinging = agent("here0");
  pinging.parameters["ping"] = GetParam().is_ipv6() ? "[\"fd00:9::77\"]" : "[\"10.9.0.77\"]";
  ASSERT_EQ(here(pinging, "start").exit_code, 0);
  const RunResult refused = here(pinging, "recover");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("ping list"));
}

TEST(IpPing, SilenceOfTheWholeListIsAFailure) {
  Network network;
  const Agent pinging{"ip",
                      {{"address", "10.9.0.100/24"}, {"interface", "here0"}, {"ping", R"(["10.9.0.77","192.0.2.1"])"}}};
  network.here([&] {
    ASSERT_EQ(pinging.call("start").exit_code, 0);
    const RunResult found = pinging.call("monitor");
    EXPECT_EQ(found.exit_code, 1);
    EXPECT_THAT(found.output, HasSubstr("ping list"));
  });
}

TEST(IpLoopback, NeedsNoNeighbours) {
  Network network;
  const Agent local{"ip", {{"address", "10.9.1.1/32"}, {"interface", "lo"}}};
  network.here([&] {
    EXPECT_EQ(local.call("start").exit_code, 0);
    EXPECT_EQ(local.call("monitor").exit_code, 0);
    EXPECT_EQ(local.call("stop").exit_code, 0);
  });
}

TEST(Program, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ((Agent{"ip", {}}.call("promote").exit_code), 3);
  const RunResult unknown = Agent{"floppy", {}}.call("start");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.output, HasSubstr("allowed: disk, filesystem, ip, lsb, probe, process, script, systemd"));
}

}  // namespace
}  // namespace holdfast::test
