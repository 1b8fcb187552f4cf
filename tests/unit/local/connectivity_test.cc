// L9: who is shut out, by whom, when, and for how long. A little cluster of guards that tell each other their notes.
#include "core/local/connectivity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/format.h"

namespace holdfast::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::shared_ptr<const ClusterConfig> nodes(std::uint32_t count) {
  static const char* names[] = {"alpha", "beta", "gamma", "delta", "epsilon"};
  auto config = std::make_shared<ClusterConfig>();
  for (std::uint32_t i = 0; i < count; ++i) config->nodes.push_back({NodeId{i + 1}, names[i], {"10.77.1.1"}});
  return config;
}

/// Guards in steps of 50 ms. Notes come one step later, as long as any way exists; an engine stands still unless the
/// test says that its ring holds.
class Guards {
 public:
  explicit Guards(std::uint32_t count) : config_(nodes(count)) {
    for (const NodeConfig& node : config_->nodes)
      guards_.push_back(std::make_unique<ConnectivityGuard>(node.id, config_, ConnectivityLimits{}));
    pass(1000);
  }

  void cut(std::uint32_t a, std::uint32_t b) { cuts_.insert({std::min(a, b), std::max(a, b)}); }
  void heal(std::uint32_t a, std::uint32_t b) { cuts_.erase({std::min(a, b), std::max(a, b)}); }
  void kill(std::uint32_t node) { dead_.insert(node); }
  bool ring_holds = true;
  NodeMask standing = 0;  ///< the ring of these holds
  void pass(std::int64_t millis) {
    for (const std::int64_t end = now_.micros + millis * 1000; now_.micros < end; now_ = now_ + Millis{50}) step();
  }

  std::vector<std::uint32_t> left_out(std::uint32_t node) const {
    std::vector<std::uint32_t> result;
    for (const NodeId other : guards_[node - 1]->left_out()) result.push_back(other.value);
    return result;
  }
  std::vector<std::string> lines(std::uint32_t node) const {
    const auto found = lines_.find(node);
    return found == lines_.end() ? std::vector<std::string>{} : found->second;
  }
  void clear_lines() { lines_.clear(); }
  ConnectivityGuard& guard(std::uint32_t node) { return *guards_[node - 1]; }
  Instant now() const { return now_; }

 private:
  bool hears(std::uint32_t a, std::uint32_t b) const {
    return !dead_.contains(a) && !dead_.contains(b) && !cuts_.contains({std::min(a, b), std::max(a, b)});
  }

  void step() {
    Mesh mesh;
    for (std::uint32_t a = 1; a <= guards_.size(); ++a)
      for (std::uint32_t b = a + 1; b <= guards_.size(); ++b)
        if (hears(a, b)) mesh.join(NodeId{a}, NodeId{b});
    std::vector<ReachNote> notes;
    for (const auto& guard : guards_) notes.push_back(guard->note());
    for (std::uint32_t a = 1; a <= guards_.size(); ++a) {
      if (dead_.contains(a)) continue;
      ConnectivityGuard& guard = *guards_[a - 1];
      guard.on_answering(nodes_of(mesh.heard_by(NodeId{a})), now_);
      const NodeMask reached = mesh.reached_from(NodeId{a});
      for (std::uint32_t b = 1; b <= guards_.size(); ++b) {
        if (a == b) continue;
        if ((reached & mask_of(NodeId{b})) != 0)
          guard.on_note(NodeId{b}, notes[b - 1]);
        else
          guard.on_note_lost(NodeId{b}, now_);
      }
      const bool in_ring = ring_holds || (standing & mask_of(NodeId{a})) != 0;
      guard.on_ring(nodes_of(ring_holds ? reached : in_ring ? standing : mask_of(NodeId{a})));
      if (in_ring) guard.on_delivery(now_);
      for (const ConnectivityLine& line : guard.look(now_).lines) lines_[a].push_back(line.text);
    }
  }

  std::shared_ptr<const ClusterConfig> config_;
  std::vector<std::unique_ptr<ConnectivityGuard>> guards_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> cuts_;
  std::set<std::uint32_t> dead_;
  std::map<std::uint32_t, std::vector<std::string>> lines_;
  Instant now_{10'000'000};
};

TEST(Connectivity, AWholeClusterShutsNobodyOut) {
  Guards guards(3);
  guards.ring_holds = false;  // a view that forms is no reason
  guards.pass(20'000);
  for (std::uint32_t n = 1; n <= 3; ++n) EXPECT_TRUE(guards.left_out(n).empty() && guards.lines(n).empty()) << n;
}

TEST(Connectivity, ARingThatHoldsIsNotPartedByOneThatComes) {
  Guards guards(4);
  guards.ring_holds = false;
  for (const std::uint32_t other : {3u, 4u}) guards.cut(1, other);
  guards.pass(2'000);
  guards.standing = mask_of({NodeId{2}, NodeId{3}, NodeId{4}});
  guards.heal(1, 3);
  guards.pass(5'000);
  for (std::uint32_t n = 2; n <= 4; ++n) EXPECT_THAT(guards.left_out(n), ElementsAre(1u)) << n;
}

TEST(Connectivity, FirstAndThirdDoNotHearEachOther) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(900);
  EXPECT_THAT(guards.left_out(2), IsEmpty());  // not confirmed yet
  guards.pass(400);
  EXPECT_THAT(guards.left_out(1), ElementsAre(3));
  EXPECT_THAT(guards.left_out(2), ElementsAre(3));
  EXPECT_THAT(guards.left_out(3), ElementsAre(1, 2));
  const std::string line =
      "left out: gamma; together stay: alpha, beta (the most who all answer each other; of equally many, those with "
      "the first node); alpha and gamma do not answer each other over any link";
  for (std::uint32_t n = 1; n <= 3; ++n) EXPECT_THAT(guards.lines(n), ElementsAre(line));
  guards.pass(60'000);  // and so it stays
  for (std::uint32_t n = 1; n <= 3; ++n) EXPECT_EQ(guards.lines(n).size(), 1U);
}

TEST(Connectivity, ForAMomentAllAreShutOutSoThatTheEnginesFormAnew) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(1'300);
  EXPECT_THAT(guards.guard(2).shut_out(), ElementsAre(NodeId{1}, NodeId{3}));
  EXPECT_THAT(guards.guard(3).shut_out(), ElementsAre(NodeId{1}, NodeId{2}));
  guards.pass(700);
  EXPECT_THAT(guards.guard(1).shut_out(), ElementsAre(NodeId{3}));
  EXPECT_THAT(guards.guard(2).shut_out(), ElementsAre(NodeId{3}));
}

TEST(Connectivity, ARingWithoutNodesThatAreHeardIsNotBelieved) {
  Guards guards(3);
  ConnectivityGuard& guard = guards.guard(1);
  const std::vector<NodeId> both{NodeId{2}, NodeId{3}};
  EXPECT_FALSE(guard.waits(both, guards.now()));
  guard.on_ring({NodeId{1}});
  EXPECT_TRUE(guard.waits(both, guards.now()));
  EXPECT_FALSE(guard.waits({}, guards.now()));  // they are dead, then (N1)
  EXPECT_TRUE(guard.waits(both, guards.now()));
  EXPECT_TRUE(guard.waits(both, guards.now() + Millis{3'900}));
  EXPECT_FALSE(guard.waits(both, guards.now() + Millis{4'000}));  // not for ever
}

TEST(Connectivity, ARingWithoutThoseLeftOutIsBelieved) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(2'000);
  guards.guard(2).on_ring({NodeId{1}, NodeId{2}});
  EXPECT_FALSE(guards.guard(2).waits({NodeId{1}, NodeId{3}}, guards.now()));
  guards.guard(2).on_ring({NodeId{2}, NodeId{3}});
  EXPECT_TRUE(guards.guard(2).waits({NodeId{1}, NodeId{3}}, guards.now()));
}

TEST(Connectivity, BeforeAnythingIsDecidedNoSmallerRingIsBelieved) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(500);
  guards.guard(3).on_ring({NodeId{3}});
  EXPECT_TRUE(guards.guard(3).waits({NodeId{2}}, guards.now()));
  guards.guard(2).on_ring({NodeId{1}, NodeId{2}});
  EXPECT_TRUE(guards.guard(2).waits({NodeId{1}, NodeId{3}}, guards.now()));
  EXPECT_FALSE(guards.guard(2).waits({NodeId{1}}, guards.now()));  // gamma died meanwhile
}

TEST(Connectivity, ARingOfTheGroupThatDeliversIsNotDisturbed) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(800);
  const auto formed = [&](std::uint32_t node) {
    guards.guard(node).on_ring({NodeId{1}, NodeId{2}});
    guards.guard(node).on_delivery(guards.now());
  };
  for (int i = 0; i < 10; ++i) {
    formed(1);
    formed(2);
    for (const std::uint32_t n : {1U, 2U}) guards.guard(n).look(guards.now());
    guards.pass(50);
  }
  formed(1);
  EXPECT_THAT(guards.guard(1).left_out(), ElementsAre(NodeId{3}));
  EXPECT_THAT(guards.guard(1).shut_out(), ElementsAre(NodeId{3}));
  EXPECT_TRUE(guards.guard(1).ring_is_decided());
  guards.guard(1).on_ring({NodeId{1}});
  EXPECT_FALSE(guards.guard(1).ring_is_decided());
}

TEST(Connectivity, NoLineAboutABridgeWhileTheEngineMayStillHear) {
  Guards guards(5);
  guards.guard(3).on_unclear({NodeId{1}});
  guards.pass(100);
  guards.cut(1, 3);
  guards.pass(5'000);
  for (std::uint32_t n = 1; n <= 5; ++n) EXPECT_THAT(guards.lines(n), IsEmpty());
  guards.guard(3).on_unclear({});
  guards.pass(3'000);
  for (std::uint32_t n = 1; n <= 5; ++n) EXPECT_EQ(guards.lines(n).size(), 1U);
}

TEST(Connectivity, TheCalmEndsBeforeTheHeartbeatsMissIt) {
  for (const auto& [token, link_timeout] : {std::pair{100, 800}, {250, 800}, {1000, 3200}}) {
    Detection detection;
    detection.token = Millis{token};
    detection.link_timeout = Millis{link_timeout};
    const Micros calm = connectivity_limits(detection, Millis{1'000}).calm;
    EXPECT_GT(calm, Micros{detection.token} * 12 / 10);
    EXPECT_LT(calm + Micros{detection.link_interval}, Micros{detection.link_timeout});
  }
}

TEST(Connectivity, NodesThatDoNotExistAreNotBelieved) {
  ConnectivityGuard guard(NodeId{1}, nodes(3), {});
  const std::vector<NodeId> named{NodeId{0}, NodeId{2}, NodeId{65}, NodeId{66}, NodeId{0xffffffff}};
  guard.on_answering({NodeId{2}}, Instant{10'000'000});
  guard.on_note(NodeId{2}, {named, named, true, named, true, named});
  guard.on_note(NodeId{65}, {named, named, true, named, true, named});
  guard.look(Instant{20'000'000});
  guard.look(Instant{30'000'000});
  EXPECT_THAT(guard.left_out(), IsEmpty());
}

TEST(Connectivity, ANodeThatSaysThatItHearsItselfIsNoGroupWithoutEnd) {
  ConnectivityGuard guard(NodeId{1}, nodes(3), {});
  guard.on_answering({NodeId{2}}, Instant{10'000'000});
  const std::vector<NodeId> all{NodeId{1}, NodeId{2}, NodeId{3}};
  guard.on_note(NodeId{2}, {all, {NodeId{2}}, false, {}, true, {}});
  guard.on_note(NodeId{3}, {{NodeId{2}, NodeId{3}}, {NodeId{3}}, false, {}, true, {}});
  guard.look(Instant{20'000'000});
  guard.look(Instant{30'000'000});
  EXPECT_THAT(guard.left_out(), ElementsAre(NodeId{3}));
}

TEST(Connectivity, AShortCutIsNone) {
  Guards guards(3);
  guards.ring_holds = false;
  guards.cut(1, 3);
  guards.pass(800);
  guards.heal(1, 3);
  guards.pass(3000);
  EXPECT_THAT(guards.left_out(2), IsEmpty());
}

TEST(Connectivity, ARingThatHoldsIsLeftAlone) {
  Guards guards(5);
  guards.cut(1, 3);
  guards.pass(10'000);
  for (std::uint32_t n = 1; n <= 5; ++n) {
    EXPECT_THAT(guards.left_out(n), IsEmpty());
    EXPECT_THAT(guards.lines(n), ElementsAre(StartsWith("alpha and gamma do not answer each other over any link; the "
                                                        "view holds")));
  }
  guards.ring_holds = false;  // the next change of the view cannot go well
  guards.pass(3'000);
  EXPECT_THAT(guards.left_out(2), ElementsAre(3));
}

/// The engine's silence is noticed only after some time: until then its ring seems to hold.
TEST(Connectivity, NoLineAboutABridgeThatFallsAtOnce) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.pass(1'500);
  guards.ring_holds = false;
  guards.pass(3'000);
  for (std::uint32_t n = 1; n <= 3; ++n) EXPECT_THAT(guards.lines(n), ElementsAre(StartsWith("left out: gamma")));
}

TEST(Connectivity, TwoHalvesWithABridge) {
  Guards guards(5);
  for (const std::uint32_t a : {1U, 2U})
    for (const std::uint32_t b : {4U, 5U}) guards.cut(a, b);
  guards.ring_holds = false;
  guards.pass(2'000);
  EXPECT_THAT(guards.left_out(3), ElementsAre(4, 5));
  EXPECT_THAT(guards.left_out(4), ElementsAre(1, 2, 3));
  EXPECT_THAT(guards.left_out(1), ElementsAre(4, 5));
  EXPECT_THAT(guards.lines(5).front(), HasSubstr("left out: delta, epsilon; together stay: alpha, beta, gamma"));
}

TEST(Connectivity, AfterTheMendingAllLetInTogether) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(2'000);
  guards.heal(1, 3);
  guards.pass(2'900);
  EXPECT_THAT(guards.left_out(2), ElementsAre(3));
  guards.pass(500);
  for (std::uint32_t n = 1; n <= 3; ++n) EXPECT_THAT(guards.left_out(n), IsEmpty());
  EXPECT_THAT(guards.lines(2).back(),
              "gamma is no longer shut out here: all that stay together answer each other again");
}

TEST(Connectivity, TheWaitDoublesWithEveryTime) {
  Guards guards(3);
  guards.ring_holds = false;
  for (const std::int64_t wait : {3'000, 6'000, 12'000}) {
    guards.cut(1, 3);
    guards.pass(2'000);
    guards.heal(1, 3);
    guards.pass(wait - 100);
    EXPECT_THAT(guards.left_out(2), ElementsAre(3)) << wait;
    guards.pass(400);
    EXPECT_THAT(guards.left_out(2), IsEmpty()) << wait;
    guards.pass(20'000);  // three failures in a short time would be a flap
  }
}

TEST(Connectivity, ADaemonThatStartsTakesTheOthersWordAtOnce) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(2'000);
  guards.guard(2) = ConnectivityGuard(NodeId{2}, nodes(3), {});
  guards.pass(150);
  EXPECT_THAT(guards.left_out(2), ElementsAre(3));
}

TEST(Connectivity, ADeadNodeIsNoReason) {
  Guards guards(3);
  guards.ring_holds = false;
  guards.kill(3);
  guards.pass(20'000);
  EXPECT_THAT(guards.left_out(1), IsEmpty());
}

TEST(Connectivity, WhoIsShutOutAndDiesIsForgottenAfterAWhile) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(2'000);
  guards.kill(3);
  guards.pass(8'000);
  EXPECT_THAT(guards.left_out(2), ElementsAre(3));
  guards.pass(4'000);
  EXPECT_THAT(guards.left_out(2), IsEmpty());
}

TEST(Connectivity, TheBridgeDiesAndTheTwoOthersAreApartAnyway) {
  Guards guards(3);
  guards.cut(1, 3);
  guards.ring_holds = false;
  guards.pass(2'000);
  guards.kill(2);
  guards.pass(1'000);
  EXPECT_THAT(guards.left_out(1), ElementsAre(3));
  EXPECT_THAT(guards.left_out(3), ElementsAre(1, 2));
}

TEST(Connectivity, WhoComesAndGoesIsLeftOutUntilItIsSteady) {
  Guards guards(3);
  guards.ring_holds = false;
  for (int i = 0; i < 10; ++i) {
    guards.cut(1, 3);
    guards.cut(2, 3);
    guards.pass(1'000);
    guards.heal(1, 3);
    guards.heal(2, 3);
    guards.pass(1'000);
  }
  EXPECT_THAT(guards.left_out(1), ElementsAre(3));
  EXPECT_THAT(guards.left_out(2), ElementsAre(3));
  EXPECT_THAT(guards.left_out(3), ElementsAre(1, 2));
  EXPECT_THAT(guards.lines(1), ElementsAre(HasSubstr("left out: gamma")));
  EXPECT_THAT(guards.lines(1).front(), HasSubstr("lose each other again and again"));
  guards.pass(15'000);
  for (std::uint32_t n = 1; n <= 3; ++n) EXPECT_THAT(guards.left_out(n), IsEmpty());
}

TEST(Connectivity, NothingIsDecidedByTheLookThatFoundAStall) {
  ConnectivityGuard guard(NodeId{2}, nodes(3), {});
  const auto at = [](std::int64_t millis) { return Instant{10'000'000 + millis * 1000}; };
  guard.on_answering({NodeId{1}, NodeId{3}}, at(0));
  guard.on_note(NodeId{1}, {{NodeId{2}}, {NodeId{1}}, false, {}, true, {}});
  guard.on_note(NodeId{3}, {{NodeId{2}}, {NodeId{3}}, false, {}, true, {}});
  guard.look(at(0));
  guard.on_stall();
  guard.look(at(5'000));
  EXPECT_THAT(guard.left_out(), IsEmpty());
  guard.look(at(5'050));
  EXPECT_THAT(guard.left_out(), ElementsAre(NodeId{3}));
}

}  // namespace
}  // namespace holdfast::core
