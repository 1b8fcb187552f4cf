#include "sim/partition.h"

#include <gtest/gtest.h>

#include <set>

namespace holdfast::sim {
namespace {

std::vector<NodeId> nodes(std::initializer_list<std::uint32_t> ids) {
  std::vector<NodeId> all;
  for (const std::uint32_t id : ids) all.emplace_back(id);
  return all;
}

using Groups = std::vector<std::vector<NodeId>>;

/// Who is cut from whom.
auto without(std::set<std::pair<std::uint32_t, std::uint32_t>> cuts) {
  return [cuts = std::move(cuts)](NodeId a, NodeId b) {
    return !cuts.contains({a.value, b.value}) && !cuts.contains({b.value, a.value});
  };
}

TEST(Partition, AllThatHearEachOtherAreOneGroup) {
  const Partition p = partition_of(nodes({1, 2, 3}), without({}), 0);
  EXPECT_EQ(p.groups, (Groups{nodes({1, 2, 3})}));
  EXPECT_FALSE(p.asymmetric);
}

TEST(Partition, ACleanCutGivesTwo) {
  const Partition p = partition_of(nodes({1, 2, 3, 4}), without({{1, 3}, {1, 4}, {2, 3}, {2, 4}}), 0);
  EXPECT_EQ(p.groups, (Groups{nodes({1, 2}), nodes({3, 4})}));
  EXPECT_FALSE(p.asymmetric);
}

TEST(Partition, AHubWithTwoDeafEndsIsSettledByARule) {
  const Partition p = partition_of(nodes({1, 2, 3}), without({{1, 3}}), 0);
  EXPECT_EQ(p.groups, (Groups{nodes({1, 2}), nodes({3})}));
  EXPECT_TRUE(p.asymmetric);
}

TEST(Partition, OtherVariantsAreOtherCliquesOfTheSame) {
  const Partition p = partition_of(nodes({1, 2, 3}), without({{1, 3}}), 2);
  EXPECT_EQ(p.groups, (Groups{nodes({1}), nodes({2, 3})}));
  EXPECT_TRUE(p.asymmetric);
}

}  // namespace
}  // namespace holdfast::sim
