#include "runtime/sync_round.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doubles.h"

namespace holdfast::runtime {
namespace {

using testing::ElementsAre;

const NodeId alpha{1}, beta{2}, gamma{3};
const Epoch epoch{alpha, 5, 1};

MemberReport report(NodeId node, std::uint64_t digest = 1) {
  MemberReport r;
  r.own.node = node;
  r.own.config = Digest{digest};
  return r;
}

struct SyncRoundTest : testing::Test {
  std::shared_ptr<ClusterConfig> config = testing_doubles::small_cluster(3);
  SyncRound round;
};

TEST_F(SyncRoundTest, IsCompleteWhenAllHaveReported) {
  round.begin(epoch, {alpha, beta}, {{gamma, Absence::never_seen}});
  round.add(beta, report(beta));
  EXPECT_FALSE(round.complete());
  EXPECT_THAT(round.missing(), ElementsAre(alpha));
  round.add(alpha, report(alpha));
  ASSERT_TRUE(round.complete());
  const ViewSynced view = round.result(*config);
  EXPECT_THAT(view.members, ElementsAre(alpha, beta));
  EXPECT_THAT(view.absent, ElementsAre(AbsentNode{gamma, Absence::never_seen}));
  ASSERT_EQ(view.reports.size(), 2u);
  EXPECT_EQ(view.reports[1].own.node, beta);
}

TEST_F(SyncRoundTest, TheExcludedAreSetAside) {
  round.begin(epoch, {alpha, beta, gamma}, {});
  round.add(alpha, report(alpha));
  round.add(beta, report(beta));
  round.exclude({beta, gamma});  // beta's report came before the exclusion, in the one order
  ASSERT_TRUE(round.complete());
  round.add(gamma, report(gamma));
  const ViewSynced view = round.result(*config);
  EXPECT_THAT(view.members, ElementsAre(alpha, beta));
  EXPECT_THAT(view.absent, ElementsAre(AbsentNode{gamma, Absence::set_aside}));
}

TEST_F(SyncRoundTest, TheConfigurationOfMoreMembersCounts) {
  round.begin(epoch, {alpha, beta, gamma}, {});
  round.add(alpha, report(alpha, 1));
  round.add(beta, report(beta, 2));
  round.add(gamma, report(gamma, 1));
  const ViewSynced view = round.result(*config);
  EXPECT_THAT(view.members, ElementsAre(alpha, gamma));
  EXPECT_THAT(view.absent, ElementsAre(AbsentNode{beta, Absence::config_differs}));
}

TEST_F(SyncRoundTest, StrangersAreIgnored) {
  round.begin(epoch, {alpha}, {});
  round.add(beta, report(beta));
  EXPECT_FALSE(round.complete());
}

TEST_F(SyncRoundTest, TheFreshestFactsSayWhyANodeIsAway) {
  round.begin(epoch, {alpha, beta}, {{gamma, Absence::never_seen}});
  MemberReport a = report(alpha), b = report(beta);
  NodeFacts old_life, new_life;
  old_life.node = new_life.node = gamma;
  old_life.incarnation = 1;
  new_life.incarnation = 2;
  a.absent = {{gamma, Absence::left_in_order}};
  a.others = {old_life};
  b.absent = {{gamma, Absence::no_answer}};
  b.others = {new_life};
  round.add(alpha, a);
  round.add(beta, b);
  EXPECT_THAT(round.result(*config).absent, ElementsAre(AbsentNode{gamma, Absence::no_answer}));
}

TEST_F(SyncRoundTest, AnEngineThatAnswersNowOutweighsWhatWasBefore) {
  round.begin(epoch, {alpha, beta}, {{gamma, Absence::daemon_dead}});
  MemberReport b = report(beta);
  b.absent = {{gamma, Absence::no_answer}};
  round.add(alpha, report(alpha));
  round.add(beta, b);
  EXPECT_THAT(round.result(*config).absent, ElementsAre(AbsentNode{gamma, Absence::daemon_dead}));
}

}  // namespace
}  // namespace holdfast::runtime
