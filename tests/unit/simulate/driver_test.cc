// The light driver and what is said of a rehearsal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulate/answers.h"
#include "unit/simulate/sample.h"
#include "wire/codec.h"

namespace holdfast::simulate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const NodeId alpha{1};
const NodeId beta{2};
const NodeId gamma{3};

class Rehearse : public ::testing::Test {
 protected:
  Rehearsal play(const std::vector<std::pair<std::string, std::string>>& words) {
    present = test::present_of(config);
    std::vector<Fault> faults;
    for (const auto& [word, argument] : words) {
      const Result<Fault> fault = parse_fault(word, argument, config);
      EXPECT_TRUE(fault) << (fault ? "" : fault.error().text);
      if (fault) faults.push_back(*fault);
    }
    return rehearse(present, faults, std::nullopt);
  }
  static ResourceAnswer of(const Rehearsal& rehearsal, const std::string& name) {
    for (const ResourceAnswer& a : rehearsal.resources)
      if (a.name.value == name) return a;
    ADD_FAILURE() << "no answer for " << name;
    return {};
  }

  ClusterConfig config = test::three_nodes();
  Present present;
};

/// O7: a cluster from which nodes were removed has gaps among its ids; it is the same cluster.
TEST_F(Rehearse, IdsWithGaps) {
  ClusterConfig gaps = config;
  const auto moved = [](NodeId id) { return NodeId{id.value * 3 + 1}; };
  for (NodeConfig& node : gaps.nodes) node.id = moved(node.id);
  for (auto& [name, resource] : gaps.resources)
    for (NodeId& node : resource.nodes) node = moved(node);
  SimulationInput input = everything_at_home(gaps);
  for (auto& [key, intent] : input.state.intents) intent.tried = {moved(gamma), NodeId{2}};  // one that is gone
  const Result<Present> read = present_of(input);
  ASSERT_TRUE(read) << (read ? "" : read.error().text);
  SimulationInput expected = everything_at_home(config);
  for (auto& [key, intent] : expected.state.intents) intent.tried = {gamma, NodeId{4}};
  EXPECT_EQ(*read->config, config);
  EXPECT_EQ(read->state.nodes, expected.state.nodes);
  EXPECT_EQ(read->state.intents, expected.state.intents);
  EXPECT_EQ(read->state.members, expected.state.members);
}

TEST_F(Rehearse, ANodeDiesAndItsHierarchyGoesToTheNextNode) {
  const Rehearsal r = play({{"node-dies", "alpha"}});
  EXPECT_THAT(of(r, "web").before, ElementsAre(alpha));
  EXPECT_THAT(of(r, "web").after, ElementsAre(beta));
  EXPECT_THAT(of(r, "web-ip").after, ElementsAre(beta));
  EXPECT_EQ(of(r, "db").outage, Micros{0});
  const Micros detected = detection_time(config, Case::expected);
  EXPECT_GT(*of(r, "web-ip").outage, detected);
  EXPECT_LT(*of(r, "web-ip").outage, detected + Micros{20'000});
  EXPECT_GT(*of(r, "web").outage, *of(r, "web-ip").outage + Micros{50'000}) << "it starts after what it stands on";
  EXPECT_FALSE(of(r, "web").twice);
  EXPECT_TRUE(r.came_to_rest);
}

TEST_F(Rehearse, MeasuredTimesMakeTheOutage) {
  SimulationInput input = everything_at_home(config);
  input.measured = {{beta, ResourceName{"web"}, OperationKind::start, {300, 100, 9000}}};
  present = *present_of(std::move(input));
  const Rehearsal r = rehearse(present, {{FaultKind::node_dies, {alpha}}}, std::nullopt);
  const ResourceAnswer web = of(r, "web");
  EXPECT_GT(*web.outage, *of(r, "web-ip").outage + Micros{300'000});
  EXPECT_LT(*web.outage, *of(r, "web-ip").outage + Micros{310'000});
  EXPECT_GT(*web.worst_outage, Micros{9'000'000});
  EXPECT_EQ(present.durations.without_measurement(), 2U);
}

TEST_F(Rehearse, AResourceThatFailsMovesItsHierarchyAndNothingElse) {
  const Rehearsal r = play({{"resource-fails", "web"}});
  EXPECT_THAT(of(r, "web").after, ElementsAre(beta));
  EXPECT_THAT(of(r, "web-ip").after, ElementsAre(beta));
  EXPECT_EQ(of(r, "db").outage, Micros{0});
}

TEST_F(Rehearse, AResourceThatRecoversStays) {
  const Rehearsal r = play({{"resource-fails", "web:recovers"}});
  EXPECT_THAT(of(r, "web").after, ElementsAre(alpha));
  EXPECT_EQ(of(r, "web-ip").outage, Micros{0});
}

TEST_F(Rehearse, WhatCannotStopStartsNowhereElse) {
  const Rehearsal r = play({{"resource-fails", "web:cannot-stop"}});
  EXPECT_TRUE(of(r, "web").never_comes_back);
  EXPECT_THAT(of(r, "web").after, IsEmpty());
  EXPECT_FALSE(of(r, "web").twice);
  EXPECT_THAT(text_of(r, present), HasSubstr("[F4]"));
}

TEST_F(Rehearse, WhatCannotStopWithAFenceAgentIsTakenOverAfterTheReset) {
  for (NodeConfig& n : config.nodes) n.fence = {{"fence_test", {}, Millis{1000}}};
  const Rehearsal r = play({{"resource-fails", "web:cannot-stop"}});
  EXPECT_THAT(of(r, "web").after, ElementsAre(beta));
  EXPECT_FALSE(of(r, "web").twice);
}

TEST_F(Rehearse, AnIsolatedNodeWithoutGuardsRunsEverythingTwice) {
  const Rehearsal r = play({{"isolate", "alpha"}});
  EXPECT_TRUE(of(r, "web").twice);
  EXPECT_THAT(of(r, "web").after, ElementsAre(alpha, beta));
  EXPECT_FALSE(of(r, "db").twice);
}

TEST_F(Rehearse, AnIsolatedNodeThatIsFencedRunsNothingTwice) {
  config.quorum.kind = QuorumKind::majority;
  for (NodeConfig& n : config.nodes) n.fence = {{"fence_test", {}, Millis{1000}}};
  const Rehearsal r = play({{"isolate", "alpha"}});
  EXPECT_FALSE(of(r, "web").twice);
  EXPECT_THAT(of(r, "web").after, ElementsAre(beta));
}

TEST_F(Rehearse, TheDuplicateCheckKeepsAnAddressFromComingUpTwice) {
  const Rehearsal r = play({{"split", "alpha/beta,gamma"}});  // the public network is whole (B3)
  EXPECT_FALSE(of(r, "web-ip").twice);
  EXPECT_THAT(of(r, "web").after, ElementsAre(alpha));
}

TEST_F(Rehearse, OneOfTwoLinksFails) {
  const Rehearsal r = play({{"link-fails", "0"}});
  EXPECT_EQ(of(r, "web").outage, Micros{0});
  const Rehearsal both = play({{"link-fails", "0"}, {"link-fails", "1:alpha-beta"}});
  EXPECT_FALSE(both.story.empty());
}

TEST_F(Rehearse, TwoNodesDieAndTheLastRunsAllAndIsUnprotected) {
  const Rehearsal r = play({{"node-dies", "alpha"}, {"node-dies", "beta"}});
  EXPECT_THAT(of(r, "web").after, ElementsAre(gamma));
  EXPECT_TRUE(of(r, "web").unprotected);
}

TEST_F(Rehearse, ConfirmFailoverIsToldAndItsTimeCounts) {
  config.nodes[0].confirm_failover = true;
  config.confirm_timeout = Millis{60'000};
  const Rehearsal r = play({{"node-dies", "alpha"}});
  EXPECT_GT(*of(r, "web").outage, Micros{60'000'000});
  EXPECT_THAT(text_of(r, present), HasSubstr("[N6]"));
}

TEST_F(Rehearse, WrongWordsAreToldWithWhatIsAllowed) {
  EXPECT_THAT(parse_fault("node-dies", "delta", config).error().text, HasSubstr("known: alpha, beta, gamma"));
  EXPECT_THAT(parse_fault("link-fails", "2", config).error().text, HasSubstr("0 to 1"));
  EXPECT_THAT(parse_fault("split", "alpha/beta", config).error().text, HasSubstr("gamma must stand"));
  EXPECT_THAT(parse_fault("resource-fails", "web:x", config).error().text, HasSubstr("cannot-stop"));
  EXPECT_THAT(parse_fault("explodes", "alpha", config).error().text, HasSubstr("allowed: node-dies"));
}

TEST(Present, TakesNothingThatIsNotWhole) {
  SimulationInput input = everything_at_home(test::three_nodes());
  const Result<SimulationInput> sent = wire::decode_simulation(wire::encode_simulation(input));
  ASSERT_TRUE(sent);
  EXPECT_EQ(*sent, input);
  EXPECT_FALSE(wire::decode_simulation("not at all"));
  SimulationInput unsynced = input;
  unsynced.state.members.clear();
  EXPECT_THAT(present_of(unsynced).error().text, HasSubstr("no synced view"));
  SimulationInput stranger = input;
  stranger.state.members.push_back(NodeId{9});
  EXPECT_FALSE(present_of(stranger));
  SimulationInput dangling = input;
  dangling.config.resources.begin()->second.depends_on = {ResourceName{"nothing"}};
  EXPECT_FALSE(present_of(dangling));
}

TEST(Matrix, NamesTheWorstFirstAndLeavesOutWhatIsIndependent) {
  const Present present = test::present_of(test::three_nodes());
  const Matrix matrix = make_matrix(present, 2);
  EXPECT_EQ(matrix.singles.size(), 3U + 3U + 2U + 3U);
  EXPECT_EQ(matrix.pairs_total, 2U * 11U * 11U);
  EXPECT_GT(matrix.pairs_independent, 0U);
  const Row& worst = *worst_first(matrix).front();
  EXPECT_GT(worst.twice(), 0U) << "without guards, isolation runs things twice";
  bool db_lost = false;  // beta, then gamma
  for (const Row& row : matrix.pairs)
    db_lost = db_lost || (row.first == 1 && row.second == 2 && row.never() == 1 &&
                          matrix.names[row.damage[0].place].value == "db");
  EXPECT_TRUE(db_lost);
  EXPECT_EQ(json_of(matrix, present), json_of(make_matrix(present, 1), present)) << "the threads change nothing";
  EXPECT_THAT(text_of(matrix, present, 5), HasSubstr("--rows 0 shows all"));
}

/// F2: a row of the matrix is what the whole cluster does, also where only one hierarchy was played.
TEST(Matrix, EveryRowIsWhatARehearsalSays) {
  Random random(7);
  for (int i = 0; i < 6; ++i) {
    const ClusterConfig config = test::random_cluster(random);
    const Present present = test::present_of(config);
    const Matrix matrix = make_matrix(present, 1);
    for (std::size_t k = 0; k < matrix.pairs.size(); k += 7) {
      const Row& row = matrix.pairs[k];
      if (row.when != When::at_rest) continue;
      const Rehearsal r = rehearse(present, {matrix.faults[row.first], matrix.faults[row.second]}, std::nullopt);
      for (const Damage& d : row.damage) {
        EXPECT_EQ(d.never_comes_back, r.resources[d.place].after.empty()) << "cluster " << i << " row " << k;
        if (d.never_comes_back || !r.resources[d.place].outage) continue;
        EXPECT_EQ(d.outage, *r.resources[d.place].outage) << "cluster " << i << " row " << k;
      }
    }
  }
}

}  // namespace
}  // namespace holdfast::simulate
