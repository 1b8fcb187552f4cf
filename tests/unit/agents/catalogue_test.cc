// K5 and R4: agents by name, real ones: Debian's ocf:heartbeat:Dummy and our own.
#include "adapters/agents/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>

#include "adapters/process/agent_processes.h"
#include "program.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CatalogueTest : public testing::Test {
 protected:
  ResourceConfig resource(const std::string& agent, std::map<std::string, std::string> parameters = {}) const {
    ResourceConfig out;
    out.name = ResourceName{"web"};
    out.agent = agent;
    out.parameters = std::move(parameters);
    return out;
  }
  OperationResult run(const ResourceConfig& wanted, OperationKind kind) {
    std::optional<OperationResult> out;
    runner_.run(wanted, kind, [&](OperationResult result) { out = std::move(result); });
    EXPECT_FALSE(out) << "the result came from within run()";
    const auto end = std::chrono::steady_clock::now() + 20s;
    loop_.restart();
    while (!out && std::chrono::steady_clock::now() < end) loop_.run_one_for(100ms);
    EXPECT_TRUE(out);
    return out.value_or(OperationResult{});
  }

  Folder folder_;
  boost::asio::io_context loop_;
  CatalogueSettings settings_{.agent_directory = HOLDFAST_AGENT_DIRECTORY,
                              .node = "alpha",
                              .run_directory = folder_.path(),
                              .ocf_temporary = folder_.path() + "/tmp"};
  Catalogue catalogue_{settings_};
  AgentProcesses runner_{loop_,
                         [this](const ResourceConfig& r, OperationKind k) { return catalogue_.command(r, k); },
                         folder_.path(),
                         {},
                         [this](const ResourceConfig& r) { return catalogue_.ready_question(r, Ground::here); }};
};

TEST_F(CatalogueTest, DummyRunsThroughItsLife) {
  const ResourceConfig dummy = resource("ocf:heartbeat:Dummy");
  EXPECT_THAT(catalogue_.check_resource(dummy), IsEmpty());
  OperationResult result = run(dummy, OperationKind::probe);
  EXPECT_EQ(result.outcome, OperationOutcome::done);
  EXPECT_EQ(result.observed, ResourceState::out_of_service);
  EXPECT_EQ(result.exit_code, 7);
  result = run(dummy, OperationKind::start);
  EXPECT_EQ(result.outcome, OperationOutcome::done) << result.text;
  EXPECT_EQ(run(dummy, OperationKind::monitor).observed, ResourceState::in_service);
  EXPECT_EQ(run(dummy, OperationKind::start).outcome, OperationOutcome::done);
  result = run(dummy, OperationKind::stop);
  EXPECT_EQ(result.outcome, OperationOutcome::done);
  EXPECT_EQ(result.observed, ResourceState::out_of_service);
  EXPECT_EQ(run(dummy, OperationKind::stop).outcome, OperationOutcome::done);
  EXPECT_EQ(run(dummy, OperationKind::monitor).observed, ResourceState::out_of_service);
}

TEST_F(CatalogueTest, GivesTheEnvironmentOfOcfAndNothingElse) {
  shell("mkdir -p " + folder_.path() + "/ocf/resource.d/acme");
  folder_.script("ocf/resource.d/acme/Teller", "[ $1 = monitor ] && { env | sort; exit 1; }; exit 0");
  settings_.ocf_root = folder_.path() + "/ocf";
  catalogue_ = Catalogue{settings_};
  ResourceConfig teller = resource("ocf:acme:Teller", {{"colour", "light blue"}});
  teller.monitor_interval = Millis{7000};
  teller.timeouts.monitor = Millis{9000};
  const std::string monitor = run(teller, OperationKind::monitor).text;
  for (const char* expected :
       {"OCF_RESKEY_colour=light blue", "OCF_RESOURCE_INSTANCE=web", "OCF_RESOURCE_TYPE=Teller",
        "OCF_RESOURCE_PROVIDER=acme", "OCF_RA_VERSION_MAJOR=1", "OCF_RA_VERSION_MINOR=1", "OCF_CHECK_LEVEL=0",
        "OCF_RESKEY_CRM_meta_interval=7000", "OCF_RESKEY_CRM_meta_timeout=9000", "OCF_RESKEY_CRM_meta_on_node=alpha",
        "LC_ALL=C", "HA_LOGFACILITY=none"})
    EXPECT_THAT(monitor, HasSubstr(expected));
  EXPECT_THAT(monitor, testing::Not(HasSubstr("HOME=")));
  EXPECT_THAT(run(teller, OperationKind::probe).text, HasSubstr("CRM_meta_interval=0 "));
}

TEST_F(CatalogueTest, OurOwnKindsRunThroughIt) {
  const ResourceConfig sleeper = resource("process", {{"command", R"(["sleep","1000"])"}});
  EXPECT_THAT(catalogue_.check_resource(sleeper), IsEmpty());
  ASSERT_EQ(run(sleeper, OperationKind::start).outcome, OperationOutcome::done);
  std::vector<std::string> seen;
  runner_.watch(sleeper, [&](ResourceState state, const std::string& why) {
    EXPECT_EQ(state, ResourceState::out_of_service);
    seen.push_back(why);
  });
  EXPECT_EQ(run(sleeper, OperationKind::monitor).observed, ResourceState::in_service);
  EXPECT_THAT(seen, IsEmpty());
  EXPECT_EQ(run(sleeper, OperationKind::stop).outcome, OperationOutcome::done);
  loop_.restart();
  while (seen.empty() && loop_.run_one_for(5s) != 0) {
  }
  EXPECT_EQ(seen.size(), 1U) << "the watch saw its end";
  runner_.unwatch(sleeper.name);
}

TEST_F(CatalogueTest, OnlyOurOwnAgentsAreToldOfTheCluster) {  // K3
  ClusterConfig config;
  config.nodes = {{NodeId{1}, "alpha", {}}, {NodeId{2}, "beta", {}}};
  settings_.cluster = {0xabc, NodeId{1}, {}, {}};
  catalogue_ = Catalogue{settings_};
  catalogue_.know(config, {NodeId{1}, NodeId{2}});
  catalogue_.know(config, {NodeId{1}});
  const auto told = catalogue_.command(resource("disk"), OperationKind::start)->command.environment;
  EXPECT_THAT(told, testing::IsSupersetOf({"HOLDFAST_CLUSTER_ID=00000abc", "HOLDFAST_NODE_ID=1",
                                           "HOLDFAST_NODES=1=alpha 2=beta", "HOLDFAST_MET=1 2"}));
  const auto others = catalogue_.command(resource("ocf:heartbeat:Dummy"), OperationKind::start)->command.environment;
  EXPECT_THAT(others, testing::Not(testing::Contains(HasSubstr("HOLDFAST_CLUSTER_ID"))));
}

TEST_F(CatalogueTest, AnOperationThatTakesTooLongHasTimedOut) {
  shell("mkdir -p " + folder_.path() + "/ocf/resource.d/acme");
  folder_.script("ocf/resource.d/acme/Slow", "echo thinking; sleep 1000");
  settings_.ocf_root = folder_.path() + "/ocf";
  catalogue_ = Catalogue{settings_};
  ResourceConfig slow = resource("ocf:acme:Slow");
  slow.timeouts = {Millis{100}, Millis{100}, Millis{100}};
  OperationResult result = run(slow, OperationKind::monitor);
  EXPECT_EQ(result.outcome, OperationOutcome::timed_out);
  EXPECT_EQ(result.observed, ResourceState::unknown);
  EXPECT_EQ(result.exit_code, -1);
  EXPECT_THAT(result.text, HasSubstr("thinking"));
  EXPECT_EQ(run(slow, OperationKind::start).observed, ResourceState::failed);
}

TEST_F(CatalogueTest, WhatIsNotInstalledIsSaidWithWhatIs) {
  EXPECT_THAT(catalogue_.check_resource(resource("ocf:heartbeat:Dumy")),
              ElementsAre(AllOf(HasSubstr("resource \"web\""), HasSubstr("ocf:heartbeat:Dumy is not installed"),
                                HasSubstr("Dummy"), HasSubstr(" in all)"))));
  EXPECT_THAT(catalogue_.check_resource(resource("ocf:acme:Dummy")),
              ElementsAre(AllOf(HasSubstr("no provider acme"), HasSubstr("heartbeat"))));
  EXPECT_THAT(
      catalogue_.check_resource(resource("floppy")),
      ElementsAre(HasSubstr(
          "allowed: disk, filesystem, ip, probe, process, script, systemd, lsb:<name>, ocf:<provider>:<type>")));
  for (const char* agent : {"ocf:", "ocf:x", "ocf::Dummy", "ocf:heartbeat:", "ocf:../x:y", "ocf:heartbeat:../../x"})
    EXPECT_EQ(catalogue_.check_resource(resource(agent)).size(), 1U) << agent;
  const OperationResult result = run(resource("ocf:heartbeat:Dumy"), OperationKind::start);
  EXPECT_EQ(result.outcome, OperationOutcome::not_runnable);
  EXPECT_EQ(result.observed, ResourceState::unknown);
}

TEST_F(CatalogueTest, ParametersAreCheckedAgainstTheMetaData) {
  EXPECT_THAT(catalogue_.check_resource(resource("ocf:heartbeat:Dummy", {{"stat", "/tmp/x"}, {"fake", "a"}})),
              ElementsAre(AllOf(HasSubstr("has no parameter \"stat\""), HasSubstr("allowed: "), HasSubstr("state"))));
  EXPECT_THAT(
      catalogue_.check_resource(resource("ocf:heartbeat:IPaddr2")),
      ElementsAre(HasSubstr("parameter \"ip\" (IPv4 or IPv6 address) of agent ocf:heartbeat:IPaddr2 is missing")));
  EXPECT_THAT(catalogue_.check_resource(resource("ip", {{"adress", "10.0.0.1/24"}})).size(), 3U)
      << "one unknown, two missing";
  EXPECT_THAT(catalogue_.check_resource(resource("ip", {{"address", "10.0.0.300/24"}, {"interface", "lo"}})),
              ElementsAre(AllOf(HasSubstr("resource \"web\""), HasSubstr("10.0.0.300"))));
  EXPECT_THAT(catalogue_.check_resource(resource("ip", {{"address", "10.0.0.3/24"}, {"interface", "not-here0"}})),
              IsEmpty())
      << "another node may have it";
}

TEST_F(CatalogueTest, WithoutItsProgramOurOwnKindIsNotInstalled) {
  settings_.agent_directory = "/no/such/place";
  Catalogue empty{settings_};
  EXPECT_THAT(empty.check_resource(resource("ip")),
              ElementsAre(HasSubstr("/no/such/place/holdfast-agent is not installed")));
}

TEST_F(CatalogueTest, WhatIsMeantIsGuessed) {
  EXPECT_THAT(catalogue_.check_resource(resource("ocf:heartbeat:Dumy")),
              ElementsAre(HasSubstr("did you mean ocf:heartbeat:Dummy? installed of heartbeat: ")));
  EXPECT_THAT(catalogue_.check_resource(resource("ocf:hartbeat:nginx")),
              ElementsAre(HasSubstr("did you mean ocf:heartbeat:nginx? installed: ")));
  EXPECT_THAT(catalogue_.check_resource(resource("ipaddr2")),
              ElementsAre(HasSubstr("did you mean ocf:heartbeat:IPaddr2? allowed: ")));
  EXPECT_THAT(catalogue_.check_resource(resource("filesytem")), ElementsAre(HasSubstr("did you mean filesystem? ")));
  EXPECT_THAT(catalogue_.check_resource(resource("floppy")), ElementsAre(testing::Not(HasSubstr("did you mean"))));
}

TEST_F(CatalogueTest, TheDepthOfTheMonitorIsAParameterOfEveryOcfAgent) {
  shell("mkdir -p " + folder_.path() + "/ocf/resource.d/acme");
  folder_.script("ocf/resource.d/acme/Teller",
                 "echo \"level $OCF_CHECK_LEVEL, ${OCF_RESKEY_OCF_CHECK_LEVEL-unset}\"; exit 1");
  settings_.ocf_root = folder_.path() + "/ocf";
  catalogue_ = Catalogue{settings_};
  const ResourceConfig teller = resource("ocf:acme:Teller", {{"OCF_CHECK_LEVEL", "20"}});
  EXPECT_EQ(run(teller, OperationKind::monitor).text, "level 20, unset");
  EXPECT_EQ(run(teller, OperationKind::probe).text, "level 0, unset") << "a probe asks whether it runs, no more";
  EXPECT_EQ(run(teller, OperationKind::start).text, "level 0, unset");
}

TEST_F(CatalogueTest, AnAgentThatNeedsPacemakerIsRefused) {
  const ResourceConfig galera = resource("ocf:heartbeat:galera", {{"wsrep_cluster_address", "gcomm://a"}});
  EXPECT_THAT(catalogue_.check_resource(galera),
              ElementsAre(AllOf(HasSubstr("ocf:heartbeat:galera"), HasSubstr("Pacemaker's command crm_attribute"))));
  const OperationResult result = run(galera, OperationKind::start);
  EXPECT_EQ(result.outcome, OperationOutcome::not_runnable);
  EXPECT_THAT(result.text, HasSubstr("crm_attribute"));
  EXPECT_EQ(catalogue_.readiness(galera, Ground::here).verdict, Verdict::not_ready);
}

TEST_F(CatalogueTest, AnotherProvidersAgentIsLookedAt) {
  shell("mkdir -p " + folder_.path() + "/ocf/resource.d/acme");
  const std::string meta_data =
      R"(echo '<resource-agent name="x"><actions><action name="promote"/></actions></resource-agent>'; #crm_master)";
  folder_.script("ocf/resource.d/acme/Copies", meta_data);
  folder_.script("ocf/resource.d/acme/Broken", "echo '<resource-agent><parameters></resource-agent>'");
  settings_.ocf_root = folder_.path() + "/ocf";
  catalogue_ = Catalogue{settings_};
  EXPECT_THAT(catalogue_.check_resource(resource("ocf:acme:Copies")), IsEmpty());
  EXPECT_THAT(catalogue_.likely_mistakes(resource("ocf:acme:Copies"), {}),
              ElementsAre(HasSubstr("never promotes it"), HasSubstr("crm_master")));
  EXPECT_THAT(catalogue_.check_resource(resource("ocf:acme:Broken")), ElementsAre(HasSubstr("not valid XML")));
  EXPECT_THAT(catalogue_.names(), testing::IsSupersetOf({"ip", "ocf:acme:Broken", "ocf:acme:Copies"}));
  EXPECT_FALSE(catalogue_.brief("ocf:acme:Broken"));
  EXPECT_TRUE(catalogue_.brief("ocf:acme:Copies")) << "a broken one keeps none from being listed";
}

TEST_F(CatalogueTest, WhetherItCouldStartHereIsAskedWithoutStartingIt) {
  const auto ready = [&](const ResourceConfig& wanted, Ground ground = Ground::here) {
    return catalogue_.readiness(wanted, ground);
  };
  EXPECT_EQ(ready(resource("ocf:heartbeat:Dummy")).verdict, Verdict::ready);
  const ResourceConfig no_server = resource("ocf:heartbeat:pgsql", {{"pgctl", "/no/such/pg_ctl"}});
  EXPECT_EQ(ready(no_server).verdict, Verdict::not_ready);
  EXPECT_THAT(ready(no_server, Ground::elsewhere).text, HasSubstr("couldn't find command: /no/such/pg_ctl"));
  EXPECT_EQ(ready(no_server, Ground::elsewhere).verdict, Verdict::not_ready) << "no file system brings a program";
  const ResourceConfig no_files = resource("ocf:heartbeat:nginx", {{"configfile", "/no/such/nginx.conf"}});
  EXPECT_EQ(ready(no_files).verdict, Verdict::not_ready);
  EXPECT_THAT(ready(no_files).text, HasSubstr("/no/such/nginx.conf"));
  EXPECT_EQ(ready(no_files, Ground::elsewhere).verdict, Verdict::unknown) << "its file system may bring them";
  const ResourceConfig no_device =
      resource("ocf:heartbeat:Filesystem", {{"device", "/dev/no-such"}, {"directory", "/mnt"}, {"fstype", "ext4"}});
  EXPECT_EQ(ready(no_device).text, "device /dev/no-such: No such file or directory");
  EXPECT_NE(ready(no_device, Ground::elsewhere).verdict, Verdict::not_ready) << "what is below it may bring it";
  const ResourceConfig no_program = resource("ocf:heartbeat:nginx", {{"httpd", "/usr/sbin/no-such"}});
  EXPECT_EQ(ready(no_program).text, "httpd = /usr/sbin/no-such: No such file or directory");
  EXPECT_EQ(ready(resource("ocf:heartbeat:NoSuchAgent")).verdict, Verdict::not_ready);
  EXPECT_EQ(ready(resource("ocf:heartbeat:Evmsd")).verdict, Verdict::unknown) << "it has no validate-all";
  EXPECT_EQ(ready(resource("process", {{"command", R"(["sleep","1"])"}})).verdict, Verdict::ready);
  EXPECT_EQ(ready(resource("process", {{"command", R"(["no-such-program"])"}})).text,
            "program no-such-program is not on this node");
  EXPECT_EQ(ready(resource("ip", {{"address", "10.0.0.3/24"}, {"interface", "not-here0"}}), Ground::elsewhere).text,
            "interface not-here0 does not exist on this node");
  EXPECT_EQ(ready(resource("script", {{"restore", "/no/such"}, {"remove", "/no/such"}})).verdict, Verdict::not_ready);
}

TEST_F(CatalogueTest, TheDaemonAsksWithoutWaiting) {
  const auto ask = [&](const ResourceConfig& wanted) {
    std::optional<Readiness> out;
    runner_.ask_ready(wanted, [&](Readiness readiness) { out = std::move(readiness); });
    EXPECT_FALSE(out) << "the answer came from within ask_ready()";
    const auto end = std::chrono::steady_clock::now() + 20s;
    loop_.restart();
    while (!out && std::chrono::steady_clock::now() < end) loop_.run_one_for(100ms);
    EXPECT_TRUE(out);
    return out.value_or(Readiness{});
  };
  EXPECT_EQ(ask(resource("ocf:heartbeat:Dummy")).verdict, Verdict::ready);
  const Readiness lacks = ask(resource("ocf:heartbeat:nginx", {{"configfile", "/no/such/nginx.conf"}}));
  EXPECT_EQ(lacks.verdict, Verdict::not_ready);
  EXPECT_THAT(lacks.text, HasSubstr("/no/such/nginx.conf"));
  EXPECT_EQ(ask(resource("ocf:heartbeat:NoSuchAgent")).verdict, Verdict::not_ready);
  const ResourceConfig no_answer = resource("ocf:heartbeat:Evmsd");
  EXPECT_THAT(catalogue_.check_resource(no_answer), IsEmpty());
  EXPECT_EQ(ask(no_answer).text, "its agent cannot tell");
}

}  // namespace
}  // namespace holdfast::test
