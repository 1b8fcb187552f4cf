#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "random_value.h"
#include "wire/codec.h"
#include "wire/digester.h"

namespace holdfast::wire {
namespace {

struct Sample {
  std::string text;
  std::int64_t number = 0;
  std::map<ResourceName, std::optional<NodeId>> map;
  std::variant<Epoch, Version> either;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "text", self.text);
    visit(2, "number", self.number);
    visit(3, "map", self.map);
    visit(4, "either", self.either);
  }
};

// Two builds that disagree here would call each other's state wrong.
TEST(StateDigest, IsTheSameOnEveryBuild) {
  EXPECT_EQ(text_of(digest_of_described(Sample{})), "d9789c70069e4bb5");
  const Sample sample{
      "ten bytes.", -2, {{ResourceName{"web"}, NodeId{2}}, {ResourceName{"db"}, {}}}, Version{5, NodeId{1}}};
  EXPECT_EQ(text_of(digest_of_described(sample)), "efb9ace170df7f7b");
}

TEST(StateDigest, LeavesOutTheConfiguration) {
  ClusterState with;
  with.config = std::make_shared<ClusterConfig>();
  EXPECT_EQ(digest_of(with), digest_of(ClusterState{}));
}

TEST(StateDigest, TellsTextsApartThatJoinToTheSame) {
  ClusterConfig one;
  one.nodes = {{NodeId{1}, "ab", {"c"}}};
  ClusterConfig other;
  other.nodes = {{NodeId{1}, "a", {"bc"}}};
  EXPECT_NE(digest_of(one), digest_of(other));
  other.nodes = {{NodeId{1}, std::string("ab\0", 3), {"c"}}};
  EXPECT_NE(digest_of(one), digest_of(other));
}

RC_GTEST_PROP(StateDigest, IsEqualJustWhereTheStateIs, ()) {
  const ClusterState one = *random_value<ClusterState>();
  ClusterState other = one;
  RC_ASSERT(digest_of(one) == digest_of(other));
  RandomFill().fill(other.nodes[NodeId{1}].facts);
  RC_ASSERT((digest_of(one) == digest_of(other)) == (one == other));
}

}  // namespace
}  // namespace holdfast::wire
