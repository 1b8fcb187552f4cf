// Every message about guards (G1 to G5) and policies, word for word, and that every setting arrives.
#include <gmock/gmock.h>

#include "sample.h"

namespace holdfast::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A line after the cluster's name, which is line 3 then.
Edits cluster(const std::string& line) { return {{2, "name = \"demo\"\n" + line}}; }
/// A line of the node alpha, which is line 6 then.
Edits alpha(const std::string& line) { return {{5, "links = [\"10.77.1.1\", \"10.77.2.1\"]\n" + line}}; }
/// A line of the resource web, which is line 18.
Edits web(const std::string& line) { return {{18, line}}; }

const Case guard_cases[] = {
    {"QuorumUnknown",
     cluster(R"(quorum = "majorty")"),
     {R"(h.toml:3: [cluster]: quorum = "majorty" is not known (did you mean "majority"?); allowed: none, majority, tcp, storage, qdevice)"}},
    {"QuorumIsNumber",
     cluster("quorum = 2"),
     {R"(h.toml:3: [cluster]: quorum is a number; it must be none, majority, or a table: { kind = "tcp", hosts = ["10.0.0.1:80", ...] }, { kind = "storage", path = "/dev/disk/..." }, { kind = "qdevice", host = "10.0.0.1" })"}},
    {"TcpWithoutHosts",
     cluster(R"(quorum = "tcp")"),
     {R"(h.toml:3: [cluster]: quorum = "tcp" needs its hosts: quorum = { kind = "tcp", hosts = ["10.0.0.1:80", ...] })"}},
    {"TcpHostsMissing",
     cluster(R"(quorum = { kind = "tcp" })"),
     {R"(h.toml:3: [cluster]: quorum: hosts is missing; it must be given, for example hosts = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"])"}},
    {"TcpHostsEmpty",
     cluster(R"(quorum = { kind = "tcp", hosts = [] })"),
     {"h.toml:3: [cluster]: quorum: hosts is empty; list 1 to 32 of the form host:port, best an odd number"}},
    {"TcpHostWithoutPort",
     cluster(R"(quorum = { kind = "tcp", hosts = ["10.0.0.1"] })"),
     {R"(h.toml:3: [cluster]: quorum: hosts: "10.0.0.1" is not of the form host:port; allowed: 10.0.0.1:80, [fd00::1]:80, witness.example:80)"}},
    {"TcpHostIpv6WithoutBrackets",
     cluster(R"(quorum = { kind = "tcp", hosts = ["fd00::1:80"] })"),
     {R"(h.toml:3: [cluster]: quorum: hosts: "fd00::1:80" is not of the form host:port; allowed: 10.0.0.1:80, [fd00::1]:80, witness.example:80)"}},
    {"TcpHostTwice",
     cluster(R"(quorum = { kind = "tcp", hosts = ["w:80", "w:80"] })"),
     {R"(h.toml:3: [cluster]: quorum: hosts: "w:80" stands twice; it has one vote)"}},
    {"TcpHostIsANode",
     cluster(R"(quorum = { kind = "tcp", hosts = ["10.77.1.2:80"] })"),
     {R"(h.toml:3: [cluster]: quorum: 10.77.1.2 is a link of node "beta"; a witness must be on a machine of its own, or it is lost with the node that it should decide about)"}},
    {"TcpEvenNumber",
     cluster(R"(quorum = { kind = "tcp", hosts = ["v:80", "w:80"] })"),
     {"h.toml:3: warning: [cluster]: quorum: 2 hosts, and more than half must answer; one less is as good"}},
    {"StorageWithoutPath",
     cluster(R"(quorum = "storage")"),
     {R"(h.toml:3: [cluster]: quorum = "storage" needs a path: quorum = { kind = "storage", path = "/dev/disk/..." })"}},
    {"StoragePathMissing",
     cluster(R"(quorum = { kind = "storage", interval = "3s" })"),
     {R"(h.toml:3: [cluster]: quorum: path is missing; it must be given, for example path = "/dev/disk/by-id/scsi-witness")"}},
    {"StoragePathRelative",
     cluster(R"(quorum = { kind = "storage", path = "marks" })"),
     {R"(h.toml:3: [cluster]: quorum: path = "marks" is not an absolute path; it must begin with /)"}},
    {"QdeviceWithoutHost",
     cluster(R"(quorum = "qdevice")"),
     {R"(h.toml:3: [cluster]: quorum = "qdevice" needs a host: quorum = { kind = "qdevice", host = "10.0.0.1" })"}},
    {"QdeviceHostMissing",
     cluster(R"(quorum = { kind = "qdevice" })"),
     {R"(h.toml:3: [cluster]: quorum: host is missing; it must be given, for example host = "10.0.0.1")"}},
    {"KeyOfAnotherKind",
     cluster(R"(quorum = { kind = "qdevice", host = "w", path = "/x" })"),
     {R"(h.toml:3: [cluster]: quorum: unknown key "path"; allowed: kind, host, port, tls)"}},
    {"MajorityOfTwo",
     cluster(R"(quorum = "majority")"),
     {"h.toml:3: warning: [cluster]: quorum = \"majority\" on 2 nodes: when one fails, the other has no majority and "
      "stops, too; for two nodes use none, tcp, storage or qdevice"}},
    {"LossWithoutQuorum",
     cluster(R"(quorum_loss = "reboot")"),
     {"h.toml:3: [cluster]: quorum_loss is given without a quorum; give quorum too, or leave quorum_loss out"}},
    {"RebootWithoutWatchdog",
     cluster("quorum = { kind = \"tcp\", hosts = [\"w:80\"] }\nquorum_loss = \"reboot\""),
     {"h.toml:4: warning: [cluster]: quorum_loss = \"reboot\" without a watchdog: a node resets itself through its "
      "kernel "
      "(sysrq), but one whose daemon or kernel hangs does not; watchdog = { device = \"/dev/watchdog\" } would"}},
    {"WatchdogWithoutQuorum",
     cluster(R"(watchdog = { device = "/dev/watchdog" })"),
     {"h.toml:3: [cluster]: watchdog without a quorum: a node that is merely cut off goes on feeding it, so that its "
      "silence proves nothing; give a quorum (tcp, storage, qdevice; majority from 3 nodes on), or leave watchdog "
      "out"}},
    {"WatchdogWithoutDevice",
     cluster(R"(quorum = { kind = "tcp", hosts = ["w:80"] }
watchdog = { timeout = "5s" })"),
     {R"(h.toml:4: [cluster]: watchdog: device is missing; it must be given, for example device = "/dev/watchdog")"}},
    {"WatchdogTooShort",
     cluster(R"(quorum = { kind = "tcp", hosts = ["w:80"] }
watchdog = { device = "/dev/watchdog", timeout = "2s" })"),
     {"h.toml:4: [cluster]: watchdog: timeout = 2s is too short with detection = normal; it must be at least 2100ms"}},
    {"FenceIsATable",
     alpha(R"(fence = { agent = "fence_dummy" })"),
     {R"(h.toml:6: node "alpha": fence is a table; it must be a list of levels, for example [{ agent = "fence_ipmilan", parameters = { ip = "10.0.0.1", username = "ops", password = "..." } }])"}},
    {"FenceAgentUnknown",
     alpha(R"(fence = [{ agent = "ipmilan" }])"),
     {R"(h.toml:6: node "alpha": fence level 1: agent = "ipmilan" is not a fence agent; allowed: fence_<name>, for example "fence_ipmilan")",
      R"(h.toml:8: warning: node "beta" has no fence level, others have; when it is lost, nothing proves that it is off)"}},
    {"FenceParameterOfOurs",
     alpha(R"(fence = [{ agent = "fence_dummy", parameters = { action = "on" } }])"),
     {R"(h.toml:6: node "alpha": fence level 1: parameter "action" is said by Holdfast itself; leave it out)",
      R"(h.toml:8: warning: node "beta" has no fence level, others have; when it is lost, nothing proves that it is off)"}},
    {"FenceParameterWithLineBreak",
     alpha(R"(fence = [{ agent = "fence_dummy", parameters = { type = "a\nb" } }])"),
     {R"(h.toml:6: node "alpha": fence level 1: parameter "type" must be one line of at most 4096 bytes)",
      R"(h.toml:8: warning: node "beta" has no fence level, others have; when it is lost, nothing proves that it is off)"}},
    {"FenceWouldHitAnother",
     {{5,
       "links = [\"10.77.1.1\", \"10.77.2.1\"]\nfence = [{ agent = \"fence_dummy\", parameters = { plug = \"beta\" } "
       "}]"},
      {8, "links = [\"10.77.1.2\", \"10.77.2.2\"]\nfence = [{ agent = \"fence_dummy\" }]"}},
     {R"(h.toml:4: node "alpha": plug = "beta" of fence_dummy would switch node "beta" off)"}},
    {"FenceLimitOfAll",
     {{2, "name = \"demo\"\nfence_limit = 2"},
      {5, "links = [\"10.77.1.1\", \"10.77.2.1\"]\nfence = [{ agent = \"fence_dummy\" }]"},
      {8, "links = [\"10.77.1.2\", \"10.77.2.2\"]\nfence = [{ agent = \"fence_dummy\" }]"}},
     {"h.toml:3: [cluster]: fence_limit = 2 of 2 nodes; at least one must stay: it must be 1 to 1"}},
    {"FenceDelayWithoutFence",
     cluster(R"(fence_delay = "3s")"),
     {"h.toml:3: warning: [cluster]: fence_delay has no effect: no node has a fence level, and no watchdog is given"}},
    {"ConfirmTimeoutWithoutConfirm",
     cluster(R"(confirm_timeout = "30s")"),
     {"h.toml:3: warning: [cluster]: confirm_timeout has no effect: no node has confirm_failover = true"}},
    {"SwitchbackDelayWithoutSwitchback",
     cluster(R"(switchback_delay = "30s")"),
     {"h.toml:3: warning: [cluster]: switchback_delay has no effect: no resource has switchback = \"automatic\""}},
    {"ShutdownStrategyUnknown",
     alpha(R"(shutdown_strategy = "move")"),
     {R"(h.toml:6: node "alpha": shutdown_strategy = "move" is not known; allowed: do-not-switchover, switchover)"}},
    {"StopFailureByGuardsIsNotWritten",
     web(R"(on_stop_failure = "by-guards")"),
     {R"(h.toml:18: resource "web": on_stop_failure = "by-guards" is not known; allowed: reboot, block)"}},
    {"RebootWithoutGuard",
     web(R"(on_stop_failure = "reboot")"),
     {"h.toml:14: warning: resource \"web\": on_stop_failure = \"reboot\" without fencing or a watchdog: if the node "
      "cannot reset itself, nobody does, and nothing is taken over"}},
    {"RecoveryLimitWithoutRecovery",
     web("recovery_limit = { count = 3 }\nlocal_recovery = false"),
     {R"(h.toml:14: resource "web": recovery_limit with local_recovery = false; there is nothing to limit)"}},
    {"RecoveryLimitWithoutCount",
     web(R"(recovery_limit = { window = "1m" })"),
     {R"(h.toml:18: resource "web": recovery_limit: count is missing; it must be given, for example count = 3)"}},
};

class Guards : public testing::TestWithParam<Case> {};
TEST_P(Guards, SaysWhatIsWrong) {
  const ReadOutcome outcome = read_config(edited(GetParam().edits), "h.toml");
  EXPECT_EQ(lines_of(outcome), GetParam().expected);
  EXPECT_EQ(outcome.config.has_value(), only_warnings(outcome));
}
INSTANTIATE_TEST_SUITE_P(All, Guards, testing::ValuesIn(guard_cases), case_name);

constexpr const char* every_setting = R"(
[cluster]
name = "demo"
quorum = { kind = "tcp", hosts = ["10.0.0.1:80", "[fd00::1]:443", "witness:7"] }
quorum_loss = "halt"
watchdog = { device = "/dev/watchdog1", timeout = "15s" }
fence_limit = 1
fence_window = "20m"
fence_delay = "5s"
confirm_timeout = "3m"
confirm_default = "block"
failover_limit = 5
failover_window = "30m"
switchback_delay = "2m"
[[node]]
name = "alpha"
links = ["10.77.1.1", "10.77.2.1"]
shutdown_strategy = "switchover"
confirm_failover = true
block_resource_failover = true
local_recovery = false
failover = false
notify_only = true
fence = [{ agent = "fence_ipmilan", timeout = "30s", parameters = { ip = "10.0.0.9", lanplus = true, ipport = 623 } }, { agent = "fence_dummy" }]
[[node]]
name = "beta"
links = ["10.77.1.2", "10.77.2.2"]
fence = [{ agent = "fence_dummy" }]
[[resource]]
name = "db"
agent = "ocf:heartbeat:pgsql"
timeouts = { recover = "3m" }
failover = false
notify_only = true
recovery_limit = { count = 4, window = "1h" }
on_start_failure = "next-node"
on_stop_failure = "block"
switchback = "automatic"
)";

TEST(ReadGuards, EverySettingArrives) {
  const ReadOutcome outcome = read_config(every_setting, "h.toml");
  EXPECT_THAT(lines_of(outcome), IsEmpty());
  ASSERT_TRUE(outcome.config);
  const ClusterConfig& c = *outcome.config;
  EXPECT_EQ(c.quorum.kind, QuorumKind::tcp);
  EXPECT_EQ(c.quorum.loss, QuorumLoss::halt);
  EXPECT_THAT(c.quorum.hosts, ElementsAre("10.0.0.1:80", "[fd00::1]:443", "witness:7"));
  EXPECT_EQ(c.watchdog, (Watchdog{"/dev/watchdog1", Millis{15'000}}));
  EXPECT_EQ(c.fence_limit, 1u);
  EXPECT_EQ(c.fence_window, Millis{1'200'000});
  EXPECT_EQ(c.fence_delay, Millis{5'000});
  EXPECT_EQ(c.confirm_timeout, Millis{180'000});
  EXPECT_EQ(c.confirm_default, ConfirmDefault::block);
  EXPECT_EQ(c.failover_limit, 5u);
  EXPECT_EQ(c.failover_window, Millis{1'800'000});
  EXPECT_EQ(c.switchback_delay, Millis{120'000});
  const NodeConfig& alpha = c.nodes[0];
  EXPECT_EQ(alpha.shutdown_strategy, ShutdownStrategy::switchover);
  EXPECT_TRUE(alpha.confirm_failover);
  EXPECT_TRUE(alpha.block_resource_failover);
  EXPECT_EQ(alpha.policy, (Policy{false, false, true}));
  const FenceLevel ipmi{"fence_ipmilan", {{"ip", "10.0.0.9"}, {"lanplus", "1"}, {"ipport", "623"}}, Millis{30'000}};
  EXPECT_THAT(alpha.fence, ElementsAre(ipmi, FenceLevel{"fence_dummy", {}, Millis{60'000}}));
  const ResourceConfig& db = c.resources.at(ResourceName{"db"});
  EXPECT_EQ(db.timeouts.recover, Millis{180'000});
  EXPECT_EQ(db.policy, (Policy{true, false, true}));
  EXPECT_EQ(db.recovery_limit, (RecoveryLimit{4, Millis{3'600'000}}));
  EXPECT_EQ(db.on_start_failure, OnStartFailure::next_node);
  EXPECT_EQ(db.on_stop_failure, OnStopFailure::block);
  EXPECT_EQ(db.switchback, Switchback::automatic);
}

TEST(ReadGuards, StorageAndQdeviceArrive) {
  const auto quorum = [](const std::string& text) {
    const auto outcome = read_config(edited(cluster("quorum = " + text)), "h.toml");
    return outcome.config ? outcome.config->quorum : Quorum{};
  };
  const Quorum storage = quorum(R"({ kind = "storage", path = "/dev/sdz", interval = "2s" })");
  EXPECT_EQ(storage.kind, QuorumKind::storage);
  EXPECT_EQ(storage.path, "/dev/sdz");
  EXPECT_EQ(storage.interval, Millis{2000});
  EXPECT_EQ(quorum(R"({ kind = "qdevice", host = "fd00::9" })").host, "fd00::9");
  const Quorum qdevice = quorum(R"({ kind = "qdevice", host = "w", port = 5404, tls = "off" })");
  EXPECT_EQ(qdevice.port, 5404u);
  EXPECT_EQ(qdevice.tls, QdeviceTls::off);
  EXPECT_EQ(quorum(R"({ kind = "majority" })").kind, QuorumKind::majority);
}

}  // namespace
}  // namespace holdfast::config
