// How long operations take, from the events of the cluster alone.
#include "runtime/durations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const NodeId alpha{1};
const ResourceName web{"web"};

Instant at(std::int64_t millis) { return Instant{millis * 1000}; }

Outcome ordered(std::uint64_t number, OperationKind kind) {
  Outcome outcome;
  outcome.actions.push_back(RunOperation{{{}, number}, alpha, web, kind, {}, {}});
  return outcome;
}

ResourceChanged ended(std::uint64_t number, ResourceState state) {
  ResourceFact fact;
  fact.state = state;
  fact.operation = OperationId{{}, number};
  return {alpha, number, web, fact};
}

class DurationsTest : public ::testing::Test {
 protected:
  void play(std::uint64_t number, OperationKind kind, ResourceState end, std::int64_t begin, std::int64_t time) {
    durations.take(at(begin), TimerFired{}, ordered(number, kind));
    durations.take(at(begin + time), ended(number, end), {});
  }
  Durations durations;
};

TEST_F(DurationsTest, EachKindByItself) {
  play(1, OperationKind::start, ResourceState::in_service, 1000, 120);
  play(2, OperationKind::start, ResourceState::in_service, 2000, 80);
  play(3, OperationKind::stop, ResourceState::out_of_service, 3000, 7);
  const std::vector<MeasuredTimes> measured = durations.measured();
  ASSERT_EQ(measured.size(), 2U);
  EXPECT_EQ(measured[0].kind, OperationKind::start);
  EXPECT_THAT(measured[0].millis, ElementsAre(120, 80));
  EXPECT_THAT(measured[1].millis, ElementsAre(7));
  EXPECT_EQ(measured[0].node, alpha);
  EXPECT_EQ(measured[0].resource, web);
}

TEST_F(DurationsTest, FailuresOvertakenOnesAndViewsBetweenDoNotCount) {
  play(1, OperationKind::start, ResourceState::failed, 1000, 120);
  durations.take(at(2000), TimerFired{}, ordered(2, OperationKind::start));
  durations.take(at(2010), ended(1, ResourceState::in_service), {});  // of an older one
  durations.take(at(3000), ViewSynced{}, {});
  durations.take(at(4000), ended(2, ResourceState::in_service), {});
  EXPECT_THAT(durations.measured(), IsEmpty());
}

TEST_F(DurationsTest, TheOldestAreForgotten) {
  for (std::uint64_t i = 1; i <= 30; ++i)
    play(i, OperationKind::start, ResourceState::in_service, static_cast<std::int64_t>(i) * 1000,
         static_cast<std::int64_t>(i));
  ASSERT_EQ(durations.measured().size(), 1U);
  EXPECT_EQ(durations.measured()[0].millis.size(), Durations::kept);
  EXPECT_EQ(durations.measured()[0].millis.front(), 11U);
}

TEST_F(DurationsTest, WhatAnEarlierDaemonMeasuredIsRemembered) {
  ClusterConfig config;
  config.nodes.resize(1);
  config.nodes[0].id = alpha;
  config.resources[web].name = web;
  std::vector<std::uint64_t> many(Durations::kept + 5, 9);
  many.back() = 3;
  durations.remember({{alpha, web, OperationKind::stop, many},
                      {alpha, ResourceName{"removed"}, OperationKind::stop, {1}},
                      {NodeId{9}, web, OperationKind::stop, {1}}},
                     config);
  ASSERT_EQ(durations.measured().size(), 1U);
  EXPECT_EQ(durations.measured()[0].millis.size(), Durations::kept);
  EXPECT_EQ(durations.measured()[0].millis.back(), 3U);
  EXPECT_EQ(durations.count(), 0U) << "nothing to keep yet";
  play(1, OperationKind::stop, ResourceState::out_of_service, 1000, 5);
  EXPECT_EQ(durations.measured()[0].millis.back(), 5U);
  EXPECT_EQ(durations.count(), 1U);
}

}  // namespace
}  // namespace holdfast::runtime
