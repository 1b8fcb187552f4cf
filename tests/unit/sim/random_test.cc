// The random runs: the same seed is the same run, and the checker sees what breaks.
#include <gtest/gtest.h>

#include "core/step.h"
#include "sim/random/invariants.h"
#include "sim/random/trial.h"

namespace holdfast::sim {
namespace {

TEST(RandomRuns, ASeedGivesOneScenario) {
  const Micros length{60000000};
  EXPECT_EQ(random_scenario(5, std::nullopt, length).text(), random_scenario(5, std::nullopt, length).text());
  EXPECT_NE(random_scenario(5, std::nullopt, length).text(), random_scenario(6, std::nullopt, length).text());
}

TEST(RandomRuns, EveryGeneratedScenarioIsInTheLanguage) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto scenario = parse_scenario(random_scenario(seed, std::nullopt, Micros{300000000}).text());
    ASSERT_TRUE(scenario) << seed << ": " << scenario.error().text;
  }
}

TEST(RandomRuns, ASeedRunsTheSameTwice) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const RandomScenario scenario = random_scenario(seed, std::nullopt, Micros{120000000});
    const Trial one = try_scenario(scenario, Trace::no);
    const Trial two = try_scenario(scenario, Trace::no);
    EXPECT_EQ(one.events, two.events);
    EXPECT_EQ(one.violation, two.violation);
  }
}

/// States agree although a member gave a version to nothing and another was not there.
TEST(RandomRuns, ANodeThatComesLaterHasTheSameState) {
  RandomScenario s;
  s.setup = {"cluster alpha beta", "resource r1 agent=script"};
  s.middle = {"crash beta", "run until stable", "stop r1", "run until stable"};
  s.end = {"boot beta", "run until stable"};
  EXPECT_EQ(try_scenario(s, Trace::no).violation, std::nullopt);
}

struct InvariantsTest : testing::Test {
  InvariantsTest()
      : scenario(*parse_scenario("cluster alpha beta\nresource ip agent=ip\n"
                                 "resource db agent=script depends_on=ip\n")),
        world(scenario.world),
        invariants(world) {}
  const ResourceName ip{"ip"};
  const ResourceName db{"db"};
  Scenario scenario;
  World world;
  Invariants invariants;
};

TEST_F(InvariantsTest, SeesAStartThatNobodyDecided) {
  invariants.on_operation_begin(NodeId{1}, ip, OperationKind::start);
  EXPECT_NE(invariants.verdict().value_or("").find("that nobody decided"), std::string::npos);
}

TEST_F(InvariantsTest, SeesAStartAboveWhatDoesNotRun) {
  invariants.on_operation_begin(NodeId{1}, db, OperationKind::start);
  EXPECT_NE(invariants.verdict().value_or("").find("while ip below it does not run (R2)"), std::string::npos);
}

TEST_F(InvariantsTest, SeesASecondOperationBesideTheFirst) {
  invariants.on_operation_begin(NodeId{1}, ip, OperationKind::monitor);
  invariants.on_operation_begin(NodeId{1}, ip, OperationKind::stop);
  EXPECT_NE(invariants.verdict().value_or("").find("while another operation on it is under way"), std::string::npos);
}

TEST_F(InvariantsTest, SeesAStopForANodeFailure) {
  ClusterState state = core::initial_state(scenario.world.config);
  state.epoch = Epoch{NodeId{1}, 1, 1};
  state.members = {NodeId{1}, NodeId{2}};
  RunOperation stop;
  stop.node = NodeId{1};
  stop.resource = ip;
  stop.kind = OperationKind::stop;
  stop.reason.rule = "N4";
  Outcome outcome;
  outcome.actions.push_back(stop);
  invariants.on_step(NodeId{1}, TimerFired{}, outcome, state);
  EXPECT_NE(invariants.verdict().value_or("").find("(N3)"), std::string::npos);
}

/// In one view, and longer than the sides of a cut may.
TEST_F(InvariantsTest, SeesStatesThatDiffer) {
  for (const NodeId node : {NodeId{1}, NodeId{2}}) world.boot(node);
  world.scheduler().run_until(Instant{5000000});
  ASSERT_TRUE(world.daemon(NodeId{1})->synced() && world.daemon(NodeId{2})->synced());
  ClusterState state = world.daemon(NodeId{1})->state();
  const ViewSynced view{state.epoch, state.members, {}, {}};
  invariants.on_step(NodeId{1}, view, {}, state);
  EXPECT_EQ(invariants.verdict(), std::nullopt);
  state.last_version = 7;
  invariants.on_step(NodeId{2}, view, {}, state);
  EXPECT_EQ(invariants.verdict(), std::nullopt);
  world.scheduler().run_until(Instant{5200000});
  EXPECT_NE(invariants.verdict().value_or("").find("the state of beta differs"), std::string::npos);
}

TEST_F(InvariantsTest, SeesASecondAnswer) {
  AskedRequest request;
  request.number = 1;
  request.request.resource = ip;
  request.origin = NodeId{1};
  invariants.on_request(request);
  invariants.on_answer(request, {AnswerKind::done, ""});
  invariants.on_answer(request, {AnswerKind::failed, ""});
  EXPECT_NE(invariants.verdict().value_or("").find("answered twice"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::sim
