// What several sides want of one hierarchy, made one: the newest home, and on each resource the last word (O1, O2, N4).
#include "core/merge_intents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "play.h"

namespace holdfast::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// ip below db and web; alpha and beta tell what they want.
struct MergeIntents : testing::Test {
  ClusterState state = initial_state(
      ConfigMaker(2).resource("ip").resource("db", {"ip"}).resource("web", {"ip"}).resource("app", {"db"}, {1}).done());
  ViewSynced view;
  Intent alpha, beta;

  void SetUp() override {
    alpha.home = n(1);
    beta.home = n(2);
  }
  static Version v(std::uint64_t counter) { return {counter, n(1)}; }
  static void want(Intent& intent, std::uint64_t since, const std::vector<std::string>& names) {
    for (const std::string& name : names) intent.wanted[r(name)] = v(since);
    intent.version = std::max(intent.version, v(since));
  }
  static void want_no_more(Intent& intent, std::uint64_t since, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      intent.wanted.erase(r(name));
      intent.unwanted[r(name)] = v(since);
    }
    intent.version = std::max(intent.version, v(since));
  }
  void runs(std::uint32_t node, const std::string& name) {
    state.nodes[n(node)].facts.resources[r(name)].state = ResourceState::in_service;
  }

  Intent merged() {
    state.members = {n(1), n(2)};
    const ResourceName key = state.hierarchies->all.front().key;
    view.reports.clear();
    for (const auto& [node, intent] : {std::pair(n(1), alpha), std::pair(n(2), beta)}) {
      state.nodes[node].standing = Standing::member;
      MemberReport report;
      report.own.node = node;
      report.intents[key] = intent;
      view.reports.push_back(report);
    }
    merge_intents(state, view);
    Intent one = state.intents.at(key);
    std::swap(view.reports[0], view.reports[1]);
    merge_intents(state, view);
    EXPECT_EQ(state.intents.at(key), one) << "whoever reports first";
    return one;
  }
  std::vector<std::string> wanted() {
    std::vector<std::string> names;
    for (const auto& [name, since] : merged().wanted) names.push_back(name.value);
    return names;
  }
};

TEST_F(MergeIntents, TheNewestSaysWhereAndEachSideWhatItBegan) {
  want(beta, 1, {"ip", "db"});
  alpha = beta;
  want(beta, 2, {"web"});
  alpha.home = n(1);
  want(alpha, 3, {"ip", "db"});
  EXPECT_THAT(wanted(), ElementsAre("db", "ip", "web"));
  EXPECT_EQ(merged().home, n(1));
}

TEST_F(MergeIntents, AStopOfTheOlderSideCounts) {
  want(beta, 1, {"ip", "db", "web"});
  alpha = beta;
  want_no_more(alpha, 2, {"web"});
  want(beta, 3, {"ip"});
  EXPECT_THAT(wanted(), ElementsAre("db", "ip"));
  EXPECT_EQ(merged().unwanted.at(r("web")), v(2));
}

TEST_F(MergeIntents, NotWhereItRuns) {
  want(beta, 1, {"ip", "db", "web"});
  alpha = beta;
  want_no_more(alpha, 2, {"web"});
  want(beta, 3, {"ip"});
  runs(2, "web");
  EXPECT_THAT(wanted(), ElementsAre("db", "ip", "web"));
  EXPECT_THAT(merged().unwanted, IsEmpty());
}

TEST_F(MergeIntents, AStartAfterTheStopCounts) {
  want(beta, 1, {"ip", "web"});
  alpha = beta;
  want_no_more(alpha, 2, {"web"});
  want(beta, 3, {"web"});
  EXPECT_THAT(wanted(), ElementsAre("ip", "web"));
}

TEST_F(MergeIntents, WhatStandsUponAStoppedOneEndsToo) {
  want(beta, 1, {"ip", "db", "web"});
  alpha = beta;
  want_no_more(alpha, 2, {"ip", "db", "web"});
  want(beta, 3, {"web"});  // with the address below it
  EXPECT_THAT(wanted(), ElementsAre("ip", "web"));
}

TEST_F(MergeIntents, WhatMayNotRunAtTheNewHomeIsNotTaken) {
  want(alpha, 1, {"ip", "db", "app"});
  want(beta, 2, {"ip", "db"});
  EXPECT_THAT(wanted(), ElementsAre("db", "ip"));
}

TEST_F(MergeIntents, TheIntentOfASideThatWasPutAsideSaysNothing) {
  want(alpha, 1, {"ip"});
  want(beta, 2, {"web"});
  beta.home = n(3);  // configured no more
  EXPECT_THAT(wanted(), ElementsAre("ip"));
}

}  // namespace
}  // namespace holdfast::core
