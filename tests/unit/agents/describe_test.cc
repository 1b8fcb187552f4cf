// What `holdfast agent` shows, and how answers to "could it start here" are read: pure.
#include "adapters/agents/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/agents/check_parameters.h"
#include "adapters/agents/exit_reason.h"
#include "adapters/agents/likely_mistakes.h"
#include "adapters/agents/ocf_text.h"
#include "adapters/agents/pacemaker.h"
#include "adapters/agents/readiness.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

OcfMetaData example() {
  OcfMetaData out;
  out.name = "Example";
  out.version = "1.1";
  out.agent_version = "2";
  out.brief = "Shows how";
  out.text = "At length.\n\nAnd more.";
  out.parameters = {{.name = "port", .type = "integer", .required = true, .brief = "Port"},
                    {.name = "colour", .type = "select", .standard = "red", .choices = {"red", "blue"}},
                    {.name = "old", .type = "boolean", .deprecated = true, .replaced_by = "colour"}};
  out.actions = {{.name = "start", .timeout = Millis{20'000}},
                 {.name = "monitor", .interval = Millis{500}, .depth = 10}};
  return out;
}

TEST(Describe, ForAReader) {
  EXPECT_EQ(agent_as_text("ocf:acme:Example", example(), ""),
            "ocf:acme:Example: Shows how (version 2)\n"
            "\nAt length.\n\nAnd more.\n"
            "\nParameters\n"
            "  port: whole number, required\n      Port\n"
            "  colour: one of red, blue, default red\n"
            "  old: true or false, goes out of use: use colour\n"
            "\nActions\n"
            "  start, at most 20s\n"
            "  monitor, every 500ms, depth 10 (OCF_CHECK_LEVEL)\n");
  EXPECT_THAT(agent_as_text("x", example(), "it is broken"), HasSubstr("\nNot usable here: it is broken\n"));
}

TEST(Describe, ForAProgram) {
  const std::string json = agent_as_json("ocf:acme:Example", example(), "");
  for (const char* expected : {"\"api\": \"1.1\"", "\"required\": true", "\"timeout_ms\": 20000", "\"depth\": 10",
                               "\"replaced_by\": \"colour\"", "\"text\": \"At length.\\n\\nAnd more.\""})
    EXPECT_THAT(json, HasSubstr(expected));
  EXPECT_THAT(agents_as_json({{"a", "broken \xff", ""}, {"b", "", "why"}}), HasSubstr("\"problem\": \"why\""));
}

TEST(Describe, AListHasOneLineForEach) {
  EXPECT_EQ(agents_as_text({{"ip", "An address", ""}, {"ocf:acme:Bad", "", "not usable: no XML"}, {"x", "", ""}}),
            "ip            An address\n"
            "ocf:acme:Bad  [not usable: no XML]\n"
            "x\n");
}

TEST(Text, IsWrappedAndIndented) {
  EXPECT_EQ(indented("one two three", 2, 9), "  one two\n  three\n");
  EXPECT_EQ(indented("a\n  bcdefghijkl m", 1, 8), " a\n   bcdefghijkl\n   m\n") << "a long word stays whole";
  EXPECT_EQ(indented("", 4), "");
  EXPECT_EQ(dedented("\n\n  a\n    b\n\n\n  c \n"), "a\n  b\n\nc");
  EXPECT_EQ(one_line("  a\n\t b\x1b "), "a b?");
}

TEST(Parameters, AreHeldAgainstTheMetaData) {
  const auto problems = [](const std::map<std::string, std::string>& given) {
    return parameter_problems("ocf:acme:Example", given, example());
  };
  EXPECT_THAT(problems({{"port", "80"}, {"colour", "blue"}, {"old", "yes"}}), IsEmpty());
  EXPECT_THAT(problems({}),
              ElementsAre("parameter \"port\" (Port) of agent ocf:acme:Example is missing; it is required"));
  EXPECT_THAT(problems({{"port", "http"}}),
              ElementsAre("parameter \"port\" of agent ocf:acme:Example is \"http\"; it must be a whole number"));
  EXPECT_THAT(problems({{"port", "1"}, {"colour", "green"}}), ElementsAre(HasSubstr("it must be one of red, blue")));
  EXPECT_THAT(problems({{"port", "1"}, {"old", "perhaps"}}), ElementsAre(HasSubstr("it must be true or false")));
  EXPECT_THAT(problems({{"port", "1"}, {"color", "red"}}),
              ElementsAre("agent ocf:acme:Example has no parameter \"color\"; did you mean \"colour\"? allowed: port, "
                          "colour, old"));
  EXPECT_THAT(problems({{"port", "1"}, {"OCF_CHECK_LEVEL", "10"}, {"trace_ra", "1"}}), IsEmpty());
  EXPECT_THAT(problems({{"port", "1"}, {"OCF_CHECK_LEVEL", "deep"}}),
              ElementsAre(HasSubstr("the depth of the monitor")));
  EXPECT_THAT(parameter_problems("ip", {{"port", "1"}, {"OCF_CHECK_LEVEL", "10"}}, example()).size(), 1U)
      << "our own agents have no depths";
  EXPECT_THAT(parameter_warnings("x", {{"old", "1"}}, example()), ElementsAre(HasSubstr("use \"colour\"")));
}

/// pingd of Debian declares its name an integer, with the default "pingd".
TEST(Parameters, AWrongDeclarationIsNotTaken) {
  OcfMetaData odd;
  odd.parameters = {{.name = "name", .type = "integer", .standard = "pingd"}};
  EXPECT_THAT(parameter_problems("ocf:acme:Odd", {{"name", "mine"}}, odd), IsEmpty());
}

TEST(LikelyMistakes, TimeLimitsBelowTheAdvice) {
  ResourceConfig resource;
  resource.agent = "ocf:acme:Example";
  EXPECT_EQ(short_timeouts(resource, example()), "");
  resource.timeouts.start = Millis{1500};
  EXPECT_EQ(short_timeouts(resource, example()),
            "timeouts shorter than agent ocf:acme:Example advises: start = \"1500ms\" (it advises 20s)");
}

TEST(LikelyMistakes, WhatShouldBeUniqueTwice) {
  OcfMetaData agent = example();
  agent.parameters[0].unique = true;
  agent.parameters[1].unique_group = agent.parameters[2].unique_group = "place";
  ResourceConfig one;
  one.name = ResourceName{"one"};
  one.agent = "ocf:acme:Example";
  one.parameters = {{"port", "80"}, {"colour", "red"}, {"old", "yes"}};
  ResourceConfig two = one;
  two.name = ResourceName{"two"};
  EXPECT_THAT(
      doubled_values(two, one, agent),
      ElementsAre("its colour, old (red) is also that of resource \"one\"; agent ocf:acme:Example wants it unique",
                  "its port (80) is also that of resource \"one\"; agent ocf:acme:Example wants it unique"));
  two.parameters = {{"port", "81"}, {"colour", "red"}, {"old", "no"}};
  EXPECT_THAT(doubled_values(two, one, agent), IsEmpty()) << "a group is the same if all of it is";
  two.parameters = {};
  EXPECT_THAT(doubled_values(two, one, agent), IsEmpty());
  two = one;
  two.agent = "ocf:acme:Other";
  EXPECT_THAT(doubled_values(two, one, agent), IsEmpty());
}

TEST(Pacemaker, OnlyWhatCannotWorkIsRefused) {
  EXPECT_THAT(needs_pacemaker("ocf:heartbeat:SysInfo", {}), HasSubstr("attrd_updater"));
  EXPECT_THAT(needs_pacemaker("ocf:heartbeat:mariadb", {}), HasSubstr("use ocf:heartbeat:mysql"));
  EXPECT_EQ(needs_pacemaker("ocf:heartbeat:pgsql", {{"rep_mode", "none"}}), "");
  EXPECT_EQ(needs_pacemaker("ocf:heartbeat:pgsql", {{"rep_mode", "slave"}}), "");
  EXPECT_THAT(needs_pacemaker("ocf:heartbeat:pgsql", {{"rep_mode", "sync"}}), HasSubstr("rep_mode = \"sync\""));
  EXPECT_THAT(needs_pacemaker("ocf:heartbeat:mysql", {{"replication_user", "r"}}), HasSubstr("replication_user"));
  EXPECT_EQ(needs_pacemaker("ocf:acme:SysInfo", {}), "");
  EXPECT_THAT(pacemaker_commands_in("x=${HA_SBIN_DIR}/crm_master -Q; my_crm_node"), ElementsAre("crm_master"));
}

Readiness answer(int code, const std::string& output, Ground ground, const std::string& agent = "ocf:heartbeat:nginx") {
  ResourceConfig resource;
  resource.agent = agent;
  return readiness_of(resource, {RunOutcome::exited, code, output}, ground);
}

TEST(Readiness, IsReadFromTheAnswer) {
  EXPECT_EQ(answer(0, "Nov 22 11:17:03 INFO: all well\n", Ground::here).verdict, Verdict::ready);
  EXPECT_EQ(answer(0, "Nov 22 11:17:03 INFO: all well\n", Ground::here).text, "");
  for (const int code : {1, 2, 4, 5, 6}) EXPECT_EQ(answer(code, "", Ground::here).verdict, Verdict::not_ready) << code;
  EXPECT_EQ(answer(3, "usage", Ground::here).verdict, Verdict::unknown);
  EXPECT_EQ(answer(5, "ocf-exit-reason:no file /x\n", Ground::elsewhere).verdict, Verdict::unknown);
  EXPECT_THAT(answer(5, "ocf-exit-reason:no file /x\n", Ground::elsewhere).text, HasSubstr("no file /x"));
  EXPECT_EQ(answer(5, "ocf-exit-reason:Setup problem: couldn't find command: x\n", Ground::elsewhere).verdict,
            Verdict::not_ready);
  EXPECT_EQ(answer(5, "unit x.service is unknown", Ground::elsewhere, "systemd").verdict, Verdict::not_ready);
  ResourceConfig resource;
  EXPECT_EQ(readiness_of(resource, {RunOutcome::timed_out, 0, ""}, Ground::here).verdict, Verdict::unknown);
  EXPECT_EQ(readiness_of(resource, {RunOutcome::signalled, 9, ""}, Ground::here).verdict, Verdict::unknown);
  EXPECT_EQ(readiness_of(resource, {RunOutcome::not_run, 0, "no such program"}, Ground::here).text, "no such program");
}

TEST(Readiness, TheReasonIsWhatTheAgentCallsSo) {
  EXPECT_EQ(exit_reason("Nov 22 11:17:03 INFO: a\nocf-exit-reason:because\nNov 22 11:17:04 ERROR: b\n"), "because");
  EXPECT_EQ(exit_reason("Nov 22 11:17:03 ERROR: wrong\nusage: x\n"), "wrong");
  EXPECT_EQ(exit_reason("first\n\n last \n\n"), "last");
  EXPECT_EQ(exit_reason(""), "");
}

TEST(ExitReason, StandsBeforeTheOutput) {
  EXPECT_EQ(reason_and_output("INFO: a\nocf-exit-reason:because\n"),
            "because; its output: INFO: a ocf-exit-reason:because");
  EXPECT_EQ(reason_and_output("ocf-exit-reason:because\n"), "because");
  EXPECT_EQ(reason_and_output("a\nb\n"), "a b");
  EXPECT_LE(reason_and_output("ocf-exit-reason:" + std::string(2000, 'x')).size(), 1024U);
}

TEST(Readiness, OnlyWhatBringsFilesIsAGround) {
  ClusterConfig config;
  const auto add = [&](const char* name, const char* agent, std::vector<ResourceName> below) -> ResourceConfig& {
    ResourceConfig& resource = config.resources[ResourceName{name}];
    resource.agent = agent;
    resource.depends_on = std::move(below);
    return resource;
  };
  add("ip", "ip", {});
  add("data", "ocf:heartbeat:Filesystem", {});
  const auto nowhere = [](const ResourceName&) { return false; };
  const auto data_is_here = [](const ResourceName& name) { return name.value == "data"; };
  EXPECT_EQ(ground_of(add("web", "ocf:heartbeat:nginx", {ResourceName{"ip"}}), config, nowhere), Ground::here);
  add("ip2", "ip", {ResourceName{"data"}});
  const ResourceConfig& db = add("db", "ocf:heartbeat:pgsql", {ResourceName{"ip"}, ResourceName{"ip2"}});
  EXPECT_EQ(ground_of(db, config, nowhere), Ground::elsewhere);
  EXPECT_EQ(ground_of(db, config, data_is_here), Ground::here);
}

}  // namespace
}  // namespace holdfast
