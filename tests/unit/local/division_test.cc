// L9: who stays with whom, against an obviously right twin.
#include "core/local/division.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "base/random.h"

namespace holdfast::core {
namespace {

using testing::ElementsAre;

NodeMask set(std::initializer_list<std::uint32_t> nodes) {
  NodeMask mask = 0;
  for (const std::uint32_t node : nodes) mask |= mask_of(NodeId{node});
  return mask;
}

Mesh whole_mesh(std::uint32_t count) {
  Mesh mesh;
  for (std::uint32_t a = 1; a <= count; ++a)
    for (std::uint32_t b = a + 1; b <= count; ++b) mesh.join(NodeId{a}, NodeId{b});
  return mesh;
}

Mesh joined(std::initializer_list<std::pair<std::uint32_t, std::uint32_t>> pairs) {
  Mesh mesh;
  for (const auto& [a, b] : pairs) mesh.join(NodeId{a}, NodeId{b});
  return mesh;
}

TEST(Division, ThoseWhoAllHearEachOtherStayTogether) {
  EXPECT_THAT(divide(whole_mesh(5), set({1, 2, 3, 4, 5})), ElementsAre(set({1, 2, 3, 4, 5})));
}

TEST(Division, OfTwoEqualGroupsTheOneWithTheLowestNodeStays) {
  EXPECT_THAT(divide(joined({{1, 2}, {2, 3}}), set({1, 2, 3})), ElementsAre(set({1, 2}), set({3})));
}

TEST(Division, TheGreaterGroupStaysEvenWithoutTheLowestNode) {
  const Mesh mesh = joined({{1, 2}, {2, 3}, {2, 4}, {3, 4}});
  EXPECT_THAT(divide(mesh, set({1, 2, 3, 4})), ElementsAre(set({2, 3, 4}), set({1})));
}

TEST(Division, TwoHalvesWithABridge) {
  const Mesh mesh = joined({{1, 2}, {1, 3}, {2, 3}, {3, 4}, {3, 5}, {4, 5}});
  EXPECT_THAT(divide(mesh, set({1, 2, 3, 4, 5})), ElementsAre(set({1, 2, 3}), set({4, 5})));
}

TEST(Division, ReachedThroughOthers) {
  const Mesh mesh = joined({{1, 2}, {2, 3}, {4, 5}});
  EXPECT_EQ(mesh.reached_from(NodeId{1}), set({1, 2, 3}));
  EXPECT_EQ(mesh.reached_from(NodeId{5}), set({4, 5}));
  EXPECT_EQ(mesh.reached_from(NodeId{6}), set({6}));
}

TEST(Division, NodesAndMasksAreTheSame) {
  const std::vector<NodeId> nodes{NodeId{1}, NodeId{7}, NodeId{32}};
  EXPECT_EQ(nodes_of(mask_of(nodes)), nodes);
}

/// Tries every set.
NodeMask greatest_by_trying(const Mesh& mesh, NodeMask nodes, std::uint32_t count) {
  std::vector<NodeId> best;
  for (NodeMask candidate = 2; candidate < (NodeMask{2} << count); candidate += 2) {
    if ((candidate & ~nodes) != 0 || !mesh.whole(candidate)) continue;
    const std::vector<NodeId> list = nodes_of(candidate);
    if (list.size() > best.size() || (list.size() == best.size() && list < best)) best = list;
  }
  return mask_of(best);
}

TEST(Division, AgreesWithTryingEverySet) {
  Random random(7);
  for (int round = 0; round < 400; ++round) {
    const auto count = static_cast<std::uint32_t>(random.between(2, 9));
    const int density = static_cast<int>(random.between(10, 95));
    Mesh mesh;
    NodeMask all = 0;
    for (std::uint32_t a = 1; a <= count; ++a) {
      all |= mask_of(NodeId{a});
      for (std::uint32_t b = a + 1; b <= count; ++b)
        if (random.chance(density)) mesh.join(NodeId{a}, NodeId{b});
    }
    const std::vector<NodeMask> groups = divide(mesh, all);
    NodeMask rest = all;
    for (const NodeMask group : groups) {
      ASSERT_EQ(group, greatest_by_trying(mesh, rest, count)) << "round " << round;
      rest &= ~group;
    }
    ASSERT_EQ(rest, NodeMask{0});
  }
}

/// 32 nodes in ten groups of three that do not hear each other within: the worst mesh there is.
TEST(Division, TheWorstMeshIsDividedAtOnce) {
  Mesh mesh;
  NodeMask all = 0;
  for (std::uint32_t a = 1; a <= 32; ++a) {
    all |= mask_of(NodeId{a});
    for (std::uint32_t b = a + 1; b <= 32; ++b)
      if ((a - 1) / 3 != (b - 1) / 3) mesh.join(NodeId{a}, NodeId{b});
  }
  const std::vector<NodeMask> groups = divide(mesh, all);
  EXPECT_EQ(std::popcount(groups.front()), 11);
  EXPECT_TRUE(mesh.whole(groups.front()));
}

}  // namespace
}  // namespace holdfast::core
