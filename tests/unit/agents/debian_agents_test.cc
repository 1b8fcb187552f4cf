// K5 over every agent of Debian's resource-agents: each lists, documents itself, has its parameters checked, and says
// whether it could start here; those that need Pacemaker are the ones of our table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <fstream>
#include <sstream>

#include "adapters/agents/catalogue.h"
#include "adapters/agents/check_parameters.h"
#include "adapters/agents/describe.h"
#include "adapters/agents/installed.h"
#include "adapters/agents/pacemaker.h"
#include "mount_bed.h"

namespace holdfast {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* ocf_root = "/usr/lib/ocf";
constexpr std::string_view prefix = "ocf:heartbeat:";

class DebianAgents : public testing::Test {
 protected:
  /// validate-all looks at the machine, with whatever an author thought of; it is to see, and to touch, ours alone.
  static void SetUpTestSuite() {
    test::enter_own_mounts();
    ASSERT_EQ(unshare(CLONE_NEWNET), 0);
  }
  void SetUp() override { ASSERT_GT(types_.size(), 100U) << "resource-agents is not installed"; }

  static std::string agent(const std::string& type) { return std::string(prefix) + type; }

  const std::vector<std::string> types_ = ocf_types(ocf_root, "heartbeat");
  static Catalogue catalogue_;  // asks each agent once for all tests
};

Catalogue DebianAgents::catalogue_{
    {.agent_directory = HOLDFAST_AGENT_DIRECTORY, .node = "alpha", .ocf_root = ocf_root}};

/// A value of the type that the parameter declares.
std::string value_for(const OcfParameter& parameter) {
  if (!parameter.standard.empty()) return parameter.standard;
  if (!parameter.choices.empty()) return parameter.choices.front();
  return parameter.type == "boolean" ? "true" : "1";
}

void check_documentation(const std::string& name, const OcfMetaData& meta_data) {
  EXPECT_FALSE(meta_data.brief.empty()) << name;
  for (const char* action : {"start", "stop", "monitor", "meta-data"})
    EXPECT_TRUE(meta_data.has_action(action)) << name;
  const std::string text = agent_as_text(name, meta_data, "");
  EXPECT_THAT(text, HasSubstr(meta_data.brief));
  for (const OcfParameter& parameter : meta_data.parameters)
    EXPECT_THAT(text, HasSubstr("\n  " + parameter.name + ": ")) << name;
  EXPECT_THAT(agent_as_json(name, meta_data, ""), HasSubstr("\"name\": \"" + name + "\""));
}

/// Unknown, missing and malformed parameters are found, one line each; what the agent declares is taken.
void check_checking(const std::string& name, const OcfMetaData& meta_data) {
  std::map<std::string, std::string> given;
  for (const OcfParameter& parameter : meta_data.parameters) given[parameter.name] = value_for(parameter);
  EXPECT_THAT(parameter_problems(name, given, meta_data), IsEmpty()) << name << ": all given";
  given["no-such"] = "1";
  EXPECT_THAT(parameter_problems(name, given, meta_data), testing::ElementsAre(HasSubstr("no parameter \"no-such\"")));
  given.erase("no-such");
  for (const OcfParameter& parameter : meta_data.parameters) {
    std::map<std::string, std::string> other = given;
    if (parameter.required && parameter.standard.empty()) {
      other.erase(parameter.name);
      EXPECT_THAT(parameter_problems(name, other, meta_data), Contains(HasSubstr("\"" + parameter.name + "\"")))
          << name;
    }
    if ((parameter.type == "integer" || parameter.type == "boolean") && parameter.standard.empty()) {
      other[parameter.name] = "a few";
      EXPECT_THAT(parameter_problems(name, other, meta_data), Contains(HasSubstr("it must be "))) << name;
    }
  }
}

TEST_F(DebianAgents, DocumentThemselvesAndHaveTheirParametersChecked) {
  for (const std::string& type : types_) {
    const auto meta_data = catalogue_.meta_data(agent(type));
    ASSERT_TRUE(meta_data) << type << ": " << meta_data.error().text;
    check_documentation(agent(type), *meta_data);
    check_checking(agent(type), *meta_data);
  }
}

TEST_F(DebianAgents, AreAllListed) {
  const std::vector<std::string> names = catalogue_.names();
  for (const std::string& type : types_) {
    EXPECT_THAT(names, Contains(agent(type)));
    EXPECT_TRUE(catalogue_.brief(agent(type))) << type;
  }
}

/// Without parameters nearly all lack something; whatever they answer, it is a verdict with a reason.
TEST_F(DebianAgents, SayWhetherTheyCouldStartHere) {
  for (const std::string& type : types_) {
    ResourceConfig resource;
    resource.name = ResourceName{"web"};
    resource.agent = agent(type);
    const Readiness found = catalogue_.readiness(resource, Ground::here);
    if (found.verdict != Verdict::ready) {
      EXPECT_THAT(found.text, Not(IsEmpty())) << type;
    }
    EXPECT_THAT(found.text, Not(HasSubstr("ocf-exit-reason"))) << type;
    EXPECT_LE(found.text.size(), 400U) << type;
  }
}

std::string text_of(const std::string& type) {
  std::ifstream file(std::string(ocf_root) + "/resource.d/heartbeat/" + type, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

/// A newer package with an agent more that calls Pacemaker is found here.
TEST_F(DebianAgents, ThatNamePacemakersCommandsAreInTheTable) {
  for (const std::string& type : types_) {
    const std::vector<std::string> commands = pacemaker_commands_in(text_of(type));
    if (!commands.empty()) {
      EXPECT_TRUE(is_known_to_name_pacemaker(type)) << type << " names " << testing::PrintToString(commands);
    }
    if (const std::string command = pacemaker_command_of(agent(type)); !command.empty()) {
      EXPECT_THAT(text_of(type),
                  HasSubstr(command == "crm_attribute" && type == "Stateful" ? "ocf_promotion_score" : command));
    }
    const auto meta_data = catalogue_.meta_data(agent(type));
    if (meta_data && meta_data->has_action("promote")) {
      EXPECT_TRUE(is_known_to_name_pacemaker(type)) << type << " can be promoted";
    }
  }
}

TEST_F(DebianAgents, GetOnlyParametersThatTheyHaveToLeavePacemakerAlone) {
  for (const std::string& type : types_)
    for (const auto& [name, value] : parameters_without_pacemaker(agent(type)))
      EXPECT_NE(catalogue_.meta_data(agent(type))->parameter(name), nullptr) << type << " " << name;
}

}  // namespace
}  // namespace holdfast
