#include "api/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/api/sample.h"

namespace holdfast::test {
namespace {

using api::NodeShown;
using api::StateShown;
using api::Status;
using testing::ElementsAre;
using testing::HasSubstr;

StateShown shown(const Status& status, const std::string& resource, const std::string& node) {
  return status.resource(resource)->states.at(node);
}

TEST(StatusOf, NamesTheClusterAndWhoAnswers) {
  const Status status = Sample().status();
  EXPECT_EQ(status.cluster, "demo");
  EXPECT_EQ(status.node, "alpha");
  EXPECT_EQ(status.profile, "linux");
  EXPECT_EQ(status.detection, "normal");
  EXPECT_TRUE(status.synced);
  ASSERT_EQ(status.nodes.size(), 3U);
  EXPECT_TRUE(status.nodes[0].self);
  EXPECT_FALSE(status.nodes[1].self);
}

TEST(StatusOf, SaysWhetherAWatchdogGuardsTheNodes) {
  const auto shows = [](auto&& change) {
    Sample sample;
    auto config = std::make_shared<ClusterConfig>(*sample.state.config);
    change(*config);
    sample.state.config = config;
    return sample.status().watchdog;
  };
  EXPECT_EQ(shows([](ClusterConfig&) {}), "") << "no rule resets a node";
  EXPECT_EQ(shows([](ClusterConfig& c) { c.quorum.loss = QuorumLoss::reboot; }), "none");
  EXPECT_EQ(shows([](ClusterConfig& c) {
              c.nodes[1].fence.push_back({"fence_ipmilan", {}, {}});
            }),
            "none")
      << "F4 resets where fencing is";
  EXPECT_EQ(shows([](ClusterConfig& c) {
              for (auto& [name, resource] : c.resources) resource.on_stop_failure = OnStopFailure::reboot;
            }),
            "none");
  EXPECT_EQ(shows([](ClusterConfig& c) { c.watchdog.device = "/dev/watchdog1"; }), "/dev/watchdog1");
}

TEST(StatusOf, AWatchdogThatIsNotFedIsTold) {
  Sample sample;
  sample.own.not_fed = "this node has no quorum";
  ASSERT_EQ(sample.status().attention.size(), 1U);
  EXPECT_EQ(sample.status().attention[0].kind, "not-fed");
  EXPECT_EQ(sample.status().attention[0].text,
            "the watchdog of alpha is not fed: this node has no quorum; the machine is reset if that lasts (G4)");
}

TEST(StatusOf, HierarchiesAreConnectedComponentsTopDown) {
  const Status status = Sample().status();
  ASSERT_EQ(status.hierarchies.size(), 2U);
  EXPECT_EQ(status.hierarchies[0].name, "disk");
  EXPECT_EQ(status.hierarchies[1].name, "web");
  EXPECT_THAT(status.hierarchies[1].resources, ElementsAre("web", "web-ip"));
}

TEST(StatusOf, AResourceServesWhereItsNodeSaysSo) {
  const Status status = Sample().serve_web(beta).status();
  EXPECT_EQ(shown(status, "web", "alpha"), StateShown::out_of_service);
  EXPECT_EQ(shown(status, "web", "beta"), StateShown::in_service);
  EXPECT_EQ(status.resource("web")->wanted_on, "beta");
  EXPECT_EQ(status.resource("disk")->wanted_on, std::nullopt);
  EXPECT_THAT(status.resource("disk")->nodes, ElementsAre("beta", "gamma", "alpha"));
  EXPECT_FALSE(status.resource("web")->states.contains("gamma"));
}

TEST(StatusOf, ItIsUnprotectedWhenEveryOtherNodeOfItIsGone) {
  Sample sample;
  sample.serve_web(beta).stands(alpha, Standing::failed);
  sample.own.self = beta;
  const Status status = sample.status();
  EXPECT_EQ(shown(status, "web", "beta"), StateShown::unprotected);
  EXPECT_EQ(shown(status, "web", "alpha"), StateShown::unknown);
  EXPECT_THAT(status.resource("web")->text.at("alpha"), HasSubstr("its last word: out-of-service"));
}

TEST(StatusOf, ItIsUnprotectedWhenSomethingOfItsHierarchyIsFailedOnTheOther) {
  const Status status = Sample().serve_web(alpha).put("web-ip", beta, ResourceState::failed, "in use").status();
  EXPECT_EQ(shown(status, "web", "alpha"), StateShown::unprotected);
  EXPECT_EQ(shown(status, "web-ip", "beta"), StateShown::failed);
  EXPECT_EQ(status.resource("web-ip")->text.at("beta"), "in use");
}

TEST(StatusOf, AThirdNodeThatMayNotRunItDoesNotProtectIt) {
  const Status status = Sample().serve_web(alpha).stands(beta, Standing::left).status();
  EXPECT_EQ(shown(status, "web", "alpha"), StateShown::unprotected);
}

TEST(StatusOf, AStopThatFailedSaysThatItMayStillRun) {
  Sample sample;
  sample.put("web", alpha, ResourceState::failed, "exit code 1");
  sample.state.nodes[alpha].facts.resources[ResourceName("web")].failure = Failure::stop;
  EXPECT_EQ(sample.status().resource("web")->text.at("alpha"), "exit code 1 (it may still run here)");
}

TEST(StatusOf, TheServicesOfADeadDaemonAreShownAsItLeftThem) {
  const Status status = Sample().serve_web(beta).stands(beta, Standing::daemon_dead).status();
  EXPECT_EQ(status.find_node("beta")->state, NodeShown::daemon_dead);
  EXPECT_EQ(shown(status, "web", "beta"), StateShown::in_service) << "alpha could take it over";
}

TEST(StatusOf, EveryStandingHasItsWord) {
  const std::pair<Standing, NodeShown> all[] = {{Standing::waiting, NodeShown::waiting},
                                                {Standing::member, NodeShown::online},
                                                {Standing::failed, NodeShown::failed},
                                                {Standing::daemon_dead, NodeShown::daemon_dead},
                                                {Standing::left, NodeShown::stopped},
                                                {Standing::set_aside, NodeShown::set_aside},
                                                {Standing::config_differs, NodeShown::config_differs}};
  for (const auto& [standing, expected] : all)
    EXPECT_EQ(Sample().stands(gamma, standing).status().find_node("gamma")->state, expected);
}

TEST(StatusOf, BeforeTheFirstSyncOnlyTheNodeItselfIsKnown) {
  Sample sample;
  for (const NodeId node : {alpha, beta, gamma}) sample.stands(node, Standing::waiting);
  sample.own.synced = false;
  sample.own.unsynced_because = "waiting for corosync";
  sample.put("web-ip", alpha, ResourceState::in_service);
  const Status status = sample.status();
  EXPECT_FALSE(status.synced);
  EXPECT_EQ(status.unsynced_because, "waiting for corosync");
  EXPECT_EQ(status.nodes[0].state, NodeShown::online);
  EXPECT_EQ(status.nodes[1].state, NodeShown::unknown);
  EXPECT_EQ(shown(status, "web-ip", "alpha"), StateShown::unprotected);
  EXPECT_EQ(shown(status, "web-ip", "beta"), StateShown::unknown);
}

TEST(StatusOf, LinksCarryTheAddressesOfBothEnds) {
  const Status status = Sample().link(alpha, gamma, 1, false).status();
  ASSERT_EQ(status.links.size(), 4U);
  EXPECT_EQ(status.links[3], (api::LinkStatus{"alpha", "gamma", 1, "10.77.2.1", "10.77.2.3", false}));
  EXPECT_EQ(status.nodes[2].links[0], (api::LinkStatus{"gamma", "alpha", 0, "10.77.1.3", "10.77.1.1", true}));
}

TEST(StatusOf, ALinkBeyondTheConfigurationHasNoAddress) {
  Sample sample;
  sample.own.links = {{NodeId{9}, LinkIndex{5}, true}};
  EXPECT_EQ(sample.status().links[0], (api::LinkStatus{"alpha", "node 9", 5, "", "", true}));
}

TEST(StatusOf, TellsWhatNeedsAnOperatorAndTheCommandForIt) {
  Sample sample;
  sample.serve_web(alpha);
  EXPECT_TRUE(sample.status().attention.empty());
  sample.state.switches.nodes.insert(gamma);
  sample.own.not_free[beta] = "an operator has to confirm it";
  sample.own.frozen_because = "internal defect";
  sample.state.nodes[beta].loss.consent = Consent::waiting;
  sample.state.intents.begin()->second.held = true;
  sample.put("web", alpha, ResourceState::failed, "exit code 1");
  std::map<std::string, std::string> commands;
  for (const api::Attention& a : sample.status().attention) commands[a.kind] = a.command;
  EXPECT_EQ(commands, (std::map<std::string, std::string>{{"frozen", ""},
                                                          {"maintenance", "holdfast maintenance off --node gamma"},
                                                          {"waits", "holdfast node confirm beta yes"},
                                                          {"held", ""},
                                                          {"failed", "holdfast resource start web"}}));
  EXPECT_EQ(sample.status().maintenance.nodes, std::vector<std::string>{"gamma"});
  EXPECT_EQ(*api::parse_status(api::to_json(sample.status())), sample.status());
}

TEST(StatusOf, WhatRunsBesideItsListIsShownThere) {  // O7, B8
  Sample sample;
  sample.serve_web(alpha);
  auto config = std::make_shared<ClusterConfig>(*sample.state.config);
  config->resources.at(ResourceName{"web"}).nodes = {beta, gamma};
  sample.state.config = config;
  const Status status = sample.status();
  EXPECT_EQ(status.resource("web")->nodes, (std::vector<std::string>{"beta", "gamma", "alpha"}));
  EXPECT_NE(shown(status, "web", "alpha"), StateShown::out_of_service);
  ASSERT_EQ(status.attention.size(), 1U);
  EXPECT_EQ(status.attention[0].kind, "left-here");
  EXPECT_EQ(status.attention[0].command, "holdfast resource move web NODE");
}

TEST(StatusOf, ANodeWithoutFactsIsUnknownNotWrong) {
  Sample sample;
  sample.state.nodes.erase(beta);
  const Status status = sample.status();
  EXPECT_EQ(status.find_node("beta")->state, NodeShown::unknown);
  EXPECT_EQ(shown(status, "web", "beta"), StateShown::unknown);
}

}  // namespace
}  // namespace holdfast::test
