// K1, K2, K3, K4, K6, K7, K9: the configuration knows just the parameters that our agents tell of themselves.
#include "config/own_agents.h"

#include <gtest/gtest.h>

#include <set>

#include "agents/kind.h"

namespace holdfast::config {
namespace {

using Known = std::set<std::pair<std::string, bool>>;  // name, required

Known of_configuration(const std::string& agent) {
  Known out;
  for (const OwnParameter& p : own_parameters())
    if (p.agent == agent) out.emplace(p.name, p.presence == Presence::required);
  return out;
}

Known of_agent(const agent::Kind& kind) {
  Known out;
  for (const agent::Parameter& p : kind.parameters) out.emplace(p.name, p.need == agent::Need::required);
  return out;
}

TEST(OwnAgents, ParametersAreThoseOfTheAgents) {
  EXPECT_EQ(of_configuration("ip"), of_agent(agent::ip_kind()));
  EXPECT_EQ(of_configuration("probe"), of_agent(agent::probe_kind()));
  EXPECT_EQ(of_configuration("systemd"), of_agent(agent::systemd_kind()));
  EXPECT_EQ(of_configuration("disk"), of_agent(agent::disk_kind()));
  EXPECT_EQ(of_configuration("filesystem"), of_agent(agent::filesystem_kind()));
  EXPECT_EQ(of_configuration("process"), of_agent(agent::process_kind()));
  EXPECT_EQ(of_configuration("script"), of_agent(agent::script_kind()));
}

}  // namespace
}  // namespace holdfast::config
