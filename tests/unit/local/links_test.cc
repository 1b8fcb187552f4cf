// L2 to L4: the lines, their order, and no FAILED twice.
#include "core/local/links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* clock_text = "Sat Nov 21 22:03:01 UTC 2026";
const WallTime wall{1795298581'000};
const NodeId alpha{1}, beta{2}, gamma{3};

std::shared_ptr<const ClusterConfig> three_nodes() {
  auto config = std::make_shared<ClusterConfig>();
  config->nodes = {{alpha, "alpha", {"10.77.1.1", "10.77.2.1"}},
                   {beta, "beta", {"10.77.1.2", "10.77.2.2"}},
                   {gamma, "gamma", {"10.77.1.3", "10.77.2.3"}}};
  return config;
}

std::vector<LinkFact> poll(bool first, bool second, NodeId peer = beta) {
  return {{peer, LinkIndex{0}, first}, {peer, LinkIndex{1}, second}};
}

std::vector<std::string> texts(const std::vector<LinkLine>& lines) {
  std::vector<std::string> result;
  for (const LinkLine& line : lines) result.push_back(line.text);
  return result;
}

std::string failed(int link) {
  const std::string n = std::to_string(link + 1);
  return "COMMUNICATION TO beta BY 10.77." + n + ".1/10.77." + n + ".2 FAILED AT: " + clock_text;
}
std::string restored(int link) {
  const std::string n = std::to_string(link + 1);
  return "COMMUNICATION TO beta BY 10.77." + n + ".1/10.77." + n + ".2 RESTORE AT: " + clock_text;
}
const std::string all_failed = std::string("COMMUNICATIONS beta FAILED AT ") + clock_text;

Instant at(std::int64_t millis) { return Instant{millis * 1000}; }

struct LinkJudgeTest : testing::Test {
  LinkJudge judge{alpha, three_nodes()};
  std::vector<std::string> polled(bool first, bool second, std::int64_t millis) {
    return texts(judge.on_poll(poll(first, second), at(millis), wall));
  }
  std::vector<std::string> ring(std::vector<NodeId> nodes, std::int64_t millis) {
    return texts(judge.on_ring(nodes, at(millis), wall));
  }
  void bring_up() {
    ring({alpha, beta}, 0);
    polled(true, true, 10);
  }
};

TEST(LinkTime, IsTheFormOfDateInUtc) {
  EXPECT_EQ(link_time(wall), clock_text);
  EXPECT_EQ(link_time(WallTime{0}), "Thu Jan  1 00:00:00 UTC 1970");
}

TEST_F(LinkJudgeTest, SaysNothingOfPathsThatWereNeverUp) {
  EXPECT_THAT(polled(false, false, 10), IsEmpty());
  EXPECT_THAT(ring({alpha}, 20), IsEmpty());
  EXPECT_EQ(judge.facts().size(), 4u);
}

TEST_F(LinkJudgeTest, OnePathFailsAndComesBack) {
  EXPECT_THAT(ring({alpha, beta}, 0), IsEmpty());
  EXPECT_THAT(polled(true, true, 10), ElementsAre(restored(0), restored(1)));
  EXPECT_THAT(polled(true, false, 200), ElementsAre(failed(1)));
  EXPECT_THAT(polled(true, false, 400), IsEmpty()) << "never twice";
  EXPECT_THAT(polled(true, true, 600), ElementsAre(restored(1)));
}

TEST_F(LinkJudgeTest, TheLastPathBringsTheLineOfThePeer) {
  bring_up();
  EXPECT_THAT(polled(false, true, 200), ElementsAre(failed(0)));
  EXPECT_THAT(polled(false, false, 400), ElementsAre(failed(1), all_failed));
  EXPECT_THAT(ring({alpha}, 600), IsEmpty()) << "all was said";
  EXPECT_THAT(polled(false, false, 800), IsEmpty());
}

TEST_F(LinkJudgeTest, WhoLeavesTheRingIsSaidPathByPathFirst) {
  bring_up();
  EXPECT_THAT(ring({alpha}, 200), ElementsAre(failed(0), failed(1), all_failed));
  for (const LinkFact& fact : judge.facts()) EXPECT_FALSE(fact.up);
}

TEST_F(LinkJudgeTest, APathKnownDownIsNotSaidAgain) {
  bring_up();
  polled(false, true, 100);
  EXPECT_THAT(ring({alpha}, 200), ElementsAre(failed(1), all_failed));
}

TEST_F(LinkJudgeTest, AStalePollRestoresNothing) {
  bring_up();
  ring({alpha}, 200);
  EXPECT_THAT(polled(true, true, 300), IsEmpty());
  EXPECT_THAT(polled(true, true, 900), IsEmpty()) << "the engine's link timeout is longer than its ring's";
  EXPECT_THAT(polled(false, false, 1000), IsEmpty());
}

TEST_F(LinkJudgeTest, ConnectedAnewOutsideTheRingIsRestored) {
  bring_up();
  ring({alpha}, 200);
  polled(false, false, 1000);
  EXPECT_THAT(polled(true, false, 1200), ElementsAre(restored(0)));
}

TEST_F(LinkJudgeTest, BackInTheRingTheNextPollCounts) {
  bring_up();
  ring({alpha}, 200);
  EXPECT_THAT(ring({alpha, beta}, 800), IsEmpty());
  EXPECT_THAT(polled(true, true, 900), ElementsAre(restored(0), restored(1)));
}

TEST_F(LinkJudgeTest, UpForLongOutsideTheRingIsUp) {  // L9: asymmetric loss
  bring_up();
  ring({alpha}, 200);
  EXPECT_THAT(polled(true, true, 8000), IsEmpty());
  EXPECT_THAT(polled(true, true, 8700), ElementsAre(restored(0), restored(1)));
}

TEST_F(LinkJudgeTest, IgnoresWhatIsNotConfigured) {
  EXPECT_THAT(judge.on_poll({{NodeId{9}, LinkIndex{0}, true}, {beta, LinkIndex{7}, true}}, at(1), wall), IsEmpty());
}

}  // namespace
}  // namespace holdfast::core
