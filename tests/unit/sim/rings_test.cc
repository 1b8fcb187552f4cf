// What the simulated engine promises, and that it promises no more (engine.md 2.5, 4.4).
#include "sim/rings.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast::sim {
namespace {

/// Remembers what one daemon is given.
struct Listener final : RingClient {
  explicit Listener(std::uint32_t node) : self{NodeId{node}, 100 + node} {}
  EngineMember member() const override { return self; }
  void deliver_view(EngineView view) override { views.push_back(std::move(view)); }
  void deliver_message(EngineMember, std::shared_ptr<const std::string> bytes) override { messages.push_back(*bytes); }
  EngineMember self;
  std::vector<EngineView> views;
  std::vector<std::string> messages;
};

struct RingsTest : testing::Test {
  explicit RingsTest(Weather weather = Weather::calm(), std::uint64_t seed = 1)
      : rings(scheduler, network, weather, seed) {
    for (std::uint32_t i = 1; i <= 3; ++i) {
      rings.start_engine(NodeId{i});
      rings.attach(NodeId{i}, listeners[i - 1]);
    }
    pass(5000);
  }
  void pass(std::int64_t millis) { scheduler.run_until(scheduler.now() + Micros{millis * 1000}); }
  Listener& at(std::uint32_t node) { return listeners[node - 1]; }
  void send(std::uint32_t node, std::string text) { rings.send(NodeId{node}, at(node).self, std::move(text)); }
  std::size_t members_at(std::uint32_t node) { return at(node).views.empty() ? 0 : at(node).views.back().nodes.size(); }

  Scheduler scheduler;
  Network network{3, 2};
  Rings rings;
  std::vector<Listener> listeners{Listener{1}, Listener{2}, Listener{3}};
};

TEST_F(RingsTest, EnginesThatHearEachOtherFormOneRing) {
  for (std::uint32_t i = 1; i <= 3; ++i) EXPECT_EQ(members_at(i), 3U);
  EXPECT_EQ(at(1).views.back(), at(3).views.back());
  EXPECT_FALSE(rings.forming());
}

TEST_F(RingsTest, AllGetTheSameMessagesInTheSameOrder) {
  for (int i = 0; i < 100; ++i) {
    send(static_cast<std::uint32_t>(1 + i % 3), std::to_string(i));
    scheduler.run_until(scheduler.now() + Micros{300});
  }
  pass(100);
  EXPECT_EQ(at(1).messages.size(), 100U);
  EXPECT_EQ(at(1).messages, at(2).messages);
  EXPECT_EQ(at(1).messages, at(3).messages);
}

TEST_F(RingsTest, ADeadEngineIsNoticedAfterAboutTwiceTheToken) {
  rings.kill_engine(NodeId{3});
  pass(500);
  EXPECT_EQ(members_at(1), 3U);
  pass(80);
  EXPECT_EQ(members_at(1), 2U);
  EXPECT_EQ(members_at(2), 2U);
}

TEST_F(RingsTest, AShortSilenceIsSeenByNobody) {
  const std::size_t views = at(1).views.size();
  rings.pause_engine(NodeId{2});
  send(1, "kept");
  pass(300);
  EXPECT_TRUE(at(1).messages.empty());
  rings.resume_engine(NodeId{2});
  pass(1000);
  EXPECT_EQ(at(1).views.size(), views);
  EXPECT_EQ(at(2).messages, std::vector<std::string>{"kept"});
}

TEST_F(RingsTest, AMessageAcceptedInOneViewComesInTheNext) {
  rings.kill_engine(NodeId{3});
  send(1, "between");
  pass(1000);
  EXPECT_EQ(at(1).messages, std::vector<std::string>{"between"});
  EXPECT_EQ(at(2).messages, std::vector<std::string>{"between"});
  EXPECT_EQ(members_at(2), 2U);
}

TEST_F(RingsTest, AnEngineThatStoodStillFirstFindsItselfAlone) {
  rings.pause_engine(NodeId{2});
  pass(3000);
  EXPECT_EQ(members_at(1), 2U);
  const std::size_t before = at(2).views.size();
  rings.resume_engine(NodeId{2});
  pass(300);
  ASSERT_GT(at(2).views.size(), before);
  EXPECT_EQ(members_at(2), 1U);
  pass(3000);
  EXPECT_EQ(members_at(2), 3U);
  EXPECT_EQ(members_at(1), 3U);
}

TEST_F(RingsTest, ADeadDaemonLeavesTheGroupAndItsEngineStays) {
  rings.detach(NodeId{3}, at(3));
  pass(100);
  EXPECT_EQ(at(1).views.back().daemons.size(), 2U);
  EXPECT_EQ(at(1).views.back().nodes.size(), 3U);
}

struct RoughRingsTest : RingsTest, testing::WithParamInterface<std::uint64_t> {
  RoughRingsTest() : RingsTest(Weather::rough(), GetParam()) {}
};

/// Cuts and heals at random under traffic: whatever two nodes both got, they got in the same order.
TEST_P(RoughRingsTest, CommonMessagesHaveOneOrder) {
  Random random(GetParam());
  for (int i = 0; i < 2000; ++i) {
    send(static_cast<std::uint32_t>(random.between(1, 3)), std::to_string(i));
    if (random.chance(1)) {
      const auto a = static_cast<std::uint32_t>(random.between(1, 3));
      network.heal_all();
      if (random.chance(60)) network.isolate(NodeId{a});
      rings.reassess();
    }
    scheduler.run_until(scheduler.now() + Micros{random.between(100, 20000)});
  }
  for (const auto& [a, b] : {std::pair{1U, 2U}, {1U, 3U}, {2U, 3U}}) {
    const auto both_got = [](const Listener& one, const Listener& other) {
      std::vector<std::string> out;
      for (const std::string& m : one.messages)
        if (std::find(other.messages.begin(), other.messages.end(), m) != other.messages.end()) out.push_back(m);
      return out;
    };
    EXPECT_EQ(both_got(at(a), at(b)), both_got(at(b), at(a)));
    EXPECT_GT(both_got(at(a), at(b)).size(), 100U);
  }
}

/// Also where some do not hear each other: what a node says reaches everybody in the order in which it was said.
TEST_P(RoughRingsTest, ASendersMessagesKeepTheirOrderUnderAsymmetricCuts) {
  Random random(GetParam());
  for (int i = 1000; i < 5000; ++i) {
    const auto sender = static_cast<std::uint32_t>(random.between(1, 3));
    send(sender, std::to_string(sender) + ":" + std::to_string(i));
    if (random.chance(1)) {
      const auto a = static_cast<std::uint32_t>(random.between(1, 3));
      network.heal_all();
      if (random.chance(70)) network.cut(NodeId{a}, NodeId{a % 3 + 1}, std::nullopt, Direction::both);
      if (random.chance(20)) network.isolate(NodeId{a});
      rings.reassess();
    }
    scheduler.run_until(scheduler.now() + Micros{random.between(100, 20000)});
  }
  for (const Listener& listener : listeners)
    for (const char sender : {'1', '2', '3'}) {
      std::vector<std::string> said;
      for (const std::string& m : listener.messages)
        if (m.front() == sender) said.push_back(m);
      EXPECT_TRUE(std::is_sorted(said.begin(), said.end())) << "of " << sender << " at " << listener.self.node.value;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoughRingsTest, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace holdfast::sim
