#include "sim/scenario/scenario.h"

#include <gtest/gtest.h>

#include "sim/scenario/player.h"

namespace holdfast::sim {
namespace {

std::string error_of(const std::string& text) {
  const auto scenario = parse_scenario(text);
  return scenario ? "none" : scenario.error().text;
}

const std::string two_nodes = "cluster alpha beta\nresource ip agent=ip\nresource db agent=script depends_on=ip\n";

std::optional<std::string> play(const std::string& text, std::vector<std::string>* story = nullptr) {
  const auto scenario = parse_scenario(text);
  if (!scenario) return scenario.error().text;
  Player player(*scenario, {});
  const auto failed = player.play();
  if (story != nullptr) *story = player.story();
  return failed ? failed : player.story_difference();
}

TEST(ScenarioLanguage, EveryMistakeHasItsLineAndWhatIsAllowed) {
  EXPECT_EQ(error_of("start db on alpha\n"), "line 1: the first line is: cluster NODE...");
  EXPECT_EQ(error_of("cluster alpha alpha\n"), "line 1: node alpha stands twice");
  EXPECT_EQ(error_of("cluster alpha\n\ncrash gamma # gone\n"), "line 3: \"gamma\" is not a node; nodes are: alpha");
  EXPECT_EQ(error_of(two_nodes + "crash alpha beta\n"), "line 4: \"beta\" is too much");
  EXPECT_EQ(error_of(two_nodes + "start web on alpha\n"), "line 4: \"web\" is not a resource; resources are: db, ip");
  EXPECT_EQ(error_of(two_nodes + "run 5\n"),
            "line 4: \"5\" is not a time; allowed: a whole number and us, ms, s, m or h, for example 5s");
  EXPECT_EQ(error_of(two_nodes + "expect db running on alpha\n"),
            "line 4: \"running\" is not a state; allowed: in-service, unprotected, out-of-service, failed, unknown, "
            "starting, stopping, recovering");
  EXPECT_EQ(error_of(two_nodes + "expect log \"x\n"), "line 4: a text in quotes does not end");
  EXPECT_EQ(error_of("cluster a b\nresource x agent=ip nodes=a\nresource y agent=ip nodes=b depends_on=x\n"),
            "line 3: the hierarchy of y has no node in common (R3)");
  EXPECT_EQ(error_of("cluster a\nresource x agent=ip depends_on=x\n"),
            "line 2: depends_on: there is no resource \"x\" above this line");
}

TEST(ScenarioLanguage, GuardsAreNamedWithWhatIsAllowed) {
  EXPECT_EQ(error_of(two_nodes + "fence-agent alpha slow\n"), "line 4: \"slow\" stands where \"ok\" is expected");
  EXPECT_EQ(error_of(two_nodes + "witness w1 up\n"),
            "line 4: \"w1\" is not a witness; allowed: none (by set quorum=...)");
  EXPECT_EQ(error_of(two_nodes + "expect alpha dead\n"),
            "line 4: \"dead\" is not a node's state; allowed: up, down, fenced, reset");
}

TEST(ScenarioLanguage, WhatComesLaterIsRefused) {
  EXPECT_EQ(error_of(two_nodes + "steal db by beta\n"), "line 4: steal is not supported yet");
  EXPECT_EQ(error_of(two_nodes + "crash alpha\nconfig remove node gamma\n"),
            "line 5: \"gamma\" is not a node; nodes are: alpha, beta");
}

TEST(ScenarioLanguage, AFalseExpectationFailsWithItsLine) {
  EXPECT_EQ(play(two_nodes + "start db on alpha\nrun until stable\nexpect db in-service on beta\n"),
            "line 6: db is out-of-service on beta, not in-service");
  EXPECT_EQ(play(two_nodes + "start db on alpha\nrun until stable\nexpect no start of ip on alpha\n")
                .value_or("")
                .substr(0, 42),
            "line 6: there was a start of ip on alpha, ");
  EXPECT_EQ(play(two_nodes + "expect refused\n"), "line 4: the request before has no answer yet; let time pass first");
  EXPECT_EQ(play(two_nodes + "start db on alpha\nrun until stable\nexpect start of db on alpha before start of ip on "
                             "alpha\n")
                .value_or("")
                .substr(0, 60),
            "line 6: start of db on alpha had not ended when the other be");
}

TEST(ScenarioLanguage, TheStoryIsComparedLineByLine) {
  const std::string text = two_nodes + "start db on alpha\nrun until stable\ncrash alpha\nrun until stable\n";
  std::vector<std::string> story;
  ASSERT_EQ(play(text, &story), std::nullopt);
  std::string golden = text + "----\n";
  for (const std::string& line : story) golden += line + "\n";
  EXPECT_EQ(play(golden), std::nullopt);
  const std::size_t last = golden.rfind("done");
  golden.replace(last, 4, "gone");
  EXPECT_NE(play(golden).value_or("").find("the story says"), std::string::npos);
}

TEST(ScenarioLanguage, TheSameScenarioGivesTheSameStory) {
  const std::string text =
      "cluster alpha beta gamma\nset weather=rough seed=77\nresource db agent=script\n"
      "start db on alpha\nrun 3s\nisolate alpha\nrun 5s\npause beta 2s\nrun 9s\nheal all\nrun 30s\n";
  std::vector<std::string> first;
  std::vector<std::string> second;
  ASSERT_EQ(play(text, &first), std::nullopt);
  ASSERT_EQ(play(text, &second), std::nullopt);
  EXPECT_EQ(first, second);
  EXPECT_GT(first.size(), 20U);
}

}  // namespace
}  // namespace holdfast::sim
