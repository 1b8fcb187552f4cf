// What is known of a fence agent before it is needed: its metadata, its parameters, how it is called.
#include "adapters/fence/fence_agents.h"

#include <gmock/gmock.h>

#include "agent_folder.h"

namespace holdfast::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* metadata = R"(warning: something of Python
<?xml version="1.0" ?>
<resource-agent name="fence_own" shortdesc="x">
<parameters>
  <parameter name="action" required="1"><content type="string" default="reboot"/></parameter>
  <parameter name="ip" required="1"><content type="string"/></parameter>
  <parameter name="password" required="0"><content type="string"/></parameter>
  <parameter name="plug" required="1"><content type="string"/></parameter>
</parameters>
<actions><action name="on"/><action name="off"/><action name="status"/></actions>
</resource-agent>
another warning
)";

TEST(FenceMetaData, IsReadBetweenWarnings) {
  const auto read = parse_fence_meta_data(metadata);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->name, "fence_own");
  EXPECT_TRUE(read->has_parameter("ip"));
  EXPECT_FALSE(read->has_parameter("ipaddr"));
  EXPECT_THAT(read->actions, ElementsAre("on", "off", "status"));
}

TEST(FenceMetaData, RefusesWhatIsNone) {
  EXPECT_FALSE(parse_fence_meta_data(""));
  EXPECT_FALSE(parse_fence_meta_data("<resource-agent"));
  EXPECT_FALSE(parse_fence_meta_data("<?xml version=\"1.0\"?><other/>"));
}

TEST(FenceAgents, ChecksParametersAgainstTheMetadata) {
  FenceAgents agents;
  EXPECT_THAT(agents.check("fence_dummy", {{"status_file", "/run/x"}, {"type", "file"}}), IsEmpty());
  EXPECT_THAT(agents.check("fence_dummy", {{"status_fil", "/run/x"}}),
              ElementsAre("fence_dummy has no parameter \"status_fil\"; allowed: status_file"));
  EXPECT_THAT(agents.check("fence_apc", {{"username", "x"}}), Contains(HasSubstr("\"ip\" of fence_apc is missing")));
  EXPECT_THAT(agents.check("fence_apc", {{"username", "x"}, {"ipaddr", "10.0.0.1"}, {"password", "x"}}), IsEmpty());
  EXPECT_THAT(agents.check("fence_dummy", {{"action", "on"}}), ElementsAre(HasSubstr("is said by Holdfast itself")));
}

TEST(FenceAgents, NamesWhatIsNotInstalled) {
  FenceAgents agents;
  EXPECT_THAT(agents.check("fence_nowhere", {}), ElementsAre(HasSubstr("fence agent fence_nowhere is not installed")));
  EXPECT_THAT(agents.check("../bin/sh", {}), ElementsAre(HasSubstr("is not the name of a fence agent")));
}

TEST(FenceAgents, RefusesOneThatCannotConfirm) {
  const AgentFolder folder;
  folder.agent("fence_blind",
               "echo '<resource-agent name=\"x\"><actions><action name=\"off\"/></actions></resource-agent>'");
  FenceAgents agents(folder.path() + ":/bin");
  EXPECT_THAT(agents.check("fence_blind", {}), ElementsAre(HasSubstr("has no action \"status\"")));
}

TEST(FenceAgents, PassesParametersByStandardInputOnly) {
  const AgentFolder folder;
  folder.agent("fence_own", "");
  const FenceAgents agents(folder.path());
  FenceOrder order{NodeId{2}, "beta", "fence_own", {{"ip", "10.0.0.1"}, {"password", "geheim"}}};
  const auto command = agents.command(order, FenceStep::off);
  ASSERT_TRUE(command) << command.error().text;
  EXPECT_THAT(command->arguments, ElementsAre(EndsWith("/fence_own")));
  EXPECT_THAT(command->environment, Not(Contains(HasSubstr("geheim"))));
  EXPECT_EQ(command->input, "action=off\nnodename=beta\nplug=beta\nip=10.0.0.1\npassword=geheim\n");
  order.parameters["plug"] = "7";
  EXPECT_THAT(agents.command(order, FenceStep::status)->input,
              AllOf(HasSubstr("plug=7\n"), Not(HasSubstr("plug=beta"))));
}

TEST(FenceAgents, RefusesAParameterThatWouldBeTwo) {
  const AgentFolder folder;
  folder.agent("fence_own", "");
  const FenceAgents agents(folder.path());
  EXPECT_FALSE(agents.command({NodeId{2}, "beta", "fence_own", {{"ip", "x\naction=on"}}}, FenceStep::off));
}

TEST(FenceAgents, HidesSecrets) {
  EXPECT_EQ(without_secrets("login ops, password geheim: geheim!", {{"password", "geheim"}, {"username", "ops"}}),
            "login ops, password ***: ***!");
  EXPECT_EQ(without_secrets("aaa", {{"passwd", "a"}}), "*********");
}

}  // namespace
}  // namespace holdfast::test
