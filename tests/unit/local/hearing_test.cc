// L9: whom a node hears when the side channel and the engine do not say the same.
#include "core/local/hearing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const NodeId beta{2}, gamma{3};
const LinkIndex first{0}, second{1};

/// alpha's; steps of 100 ms, in which everything is polled.
class Hearings : public testing::Test {
 protected:
  Hearings() : hearing_(NodeId{1}, config(), HearingLimits{}, now_) {
    alive(true);
    links_up({{beta, first}, {beta, second}, {gamma, first}, {gamma, second}});
    probes_ = links_;
    pass(1'000);
  }

  void pass(std::int64_t millis) {
    for (const Instant end = now_ + Millis{millis}; now_ < end;) {
      now_ = now_ + Millis{100};
      hearing_.on_paths(probes_, now_);
      if (polled_) hearing_.on_links(polls(), now_);
      for (const Hearing::News& news : hearing_.look(now_)) news_.push_back(news);
    }
  }
  void links_up(std::vector<ReachPath> links) { links_ = std::move(links); }
  void alive(bool yes) {
    for (const NodeId peer : {beta, gamma}) yes ? hearing_.on_alive(peer, now_) : hearing_.on_lost(peer);
  }
  std::vector<NodeId> answering() const { return hearing_.answering(now_); }

  static ClusterConfig config() {
    ClusterConfig config;
    for (std::uint32_t i = 1; i <= 3; ++i) config.nodes.push_back({NodeId{i}, "node", {"10.77.1.1", "10.77.2.1"}});
    return config;
  }

  Instant now_{10'000'000};
  Hearing hearing_;
  std::vector<ReachPath> probes_;
  std::vector<ReachPath> links_;
  std::vector<Hearing::News> news_;
  bool polled_ = true;

 private:
  std::vector<LinkFact> polls() const {
    std::vector<LinkFact> facts;
    for (const NodeId peer : {beta, gamma})
      for (const LinkIndex link : {first, second})
        facts.push_back({peer, link, std::find(links_.begin(), links_.end(), ReachPath{peer, link}) != links_.end()});
    return facts;
  }
};

TEST_F(Hearings, WhoeverAnswersProbesIsHeard) {
  EXPECT_THAT(answering(), ElementsAre(beta, gamma));
  EXPECT_THAT(hearing_.unclear(now_), IsEmpty());
  links_up({});  // shut out, for example
  pass(20'000);
  EXPECT_THAT(answering(), ElementsAre(beta, gamma));
  EXPECT_TRUE(news_.empty());
}

TEST_F(Hearings, ACutCountsAtOnceThoughTheEngineCallsTheLinksUpForLong) {
  probes_ = {{beta, first}, {beta, second}};
  pass(100);
  EXPECT_THAT(answering(), ElementsAre(beta));
  EXPECT_THAT(hearing_.unclear(now_), ElementsAre(gamma));
  pass(8'000);
  EXPECT_THAT(answering(), ElementsAre(beta));
  links_up({{beta, first}, {beta, second}});
  pass(60'000);
  EXPECT_THAT(answering(), ElementsAre(beta));
  EXPECT_THAT(hearing_.unclear(now_), IsEmpty());
  EXPECT_TRUE(news_.empty());
}

TEST_F(Hearings, OneLinkOfTwoIsEnoughAndTheOtherIsTold) {
  probes_ = {{beta, first}, {beta, second}, {gamma, second}};
  pass(10'000);
  EXPECT_TRUE(news_.empty());
  EXPECT_THAT(answering(), ElementsAre(beta, gamma));
  pass(10'000);
  EXPECT_THAT(hearing_.unheard(), ElementsAre(ReachPath{gamma, first}));
  ASSERT_EQ(news_.size(), 1U);
  EXPECT_TRUE(news_[0].unheard);
}

TEST_F(Hearings, LinksThatStayUpLongerThanAnyBackoffAreBelieved) {
  probes_ = {{beta, first}, {beta, second}};
  pass(11'300);
  EXPECT_THAT(answering(), ElementsAre(beta, gamma));
  EXPECT_THAT(hearing_.unclear(now_), IsEmpty());
  links_up({{beta, first}, {beta, second}});  // and now a cut
  pass(100);
  EXPECT_THAT(answering(), ElementsAre(beta));
}

TEST_F(Hearings, ThePollsOfAnEngineThatDoesNotAnswerProveNothing) {
  probes_ = {{beta, first}, {beta, second}};
  polled_ = false;
  pass(60'000);
  EXPECT_THAT(answering(), ElementsAre(beta));
}

TEST_F(Hearings, AStandstillIsNoProof) {
  probes_ = {};
  pass(500);
  now_ = now_ + Millis{200'000};
  hearing_.on_stall(now_);
  pass(5'000);
  EXPECT_THAT(answering(), IsEmpty());
  EXPECT_TRUE(news_.empty());
}

TEST_F(Hearings, LinksThatCameUpMeanwhileAreBelievedAtOnce) {
  probes_ = {};
  links_up({});
  pass(5'000);
  EXPECT_THAT(answering(), IsEmpty());
  links_up({{gamma, second}});
  pass(100);
  EXPECT_THAT(answering(), ElementsAre(gamma));
}

TEST_F(Hearings, OneLineAndOneWhenItIsOver) {
  probes_ = {};
  pass(60'000);
  EXPECT_EQ(news_.size(), 4U);
  links_up({});  // a failure of the links changes nothing about the port
  pass(20'000);
  links_up({{beta, first}, {beta, second}, {gamma, first}, {gamma, second}});
  pass(20'000);
  EXPECT_EQ(news_.size(), 4U);
  EXPECT_EQ(hearing_.unheard().size(), 4U);
  news_.clear();
  probes_ = links_;
  pass(1'000);
  EXPECT_EQ(news_.size(), 4U);
  for (const Hearing::News& news : news_) EXPECT_FALSE(news.unheard);
  EXPECT_THAT(hearing_.unheard(), IsEmpty());
}

TEST_F(Hearings, WhoWasNeverHeardGetsTimeToStartItsEngine) {
  Hearing fresh(NodeId{1}, config(), HearingLimits{}, now_);
  EXPECT_THAT(fresh.answering(now_), IsEmpty());
  fresh.on_alive(gamma, now_);
  EXPECT_THAT(fresh.answering(now_ + Millis{3'900}), ElementsAre(gamma));
  EXPECT_THAT(fresh.answering(now_ + Millis{4'100}), IsEmpty());
  fresh.on_lost(gamma);
  EXPECT_THAT(fresh.answering(now_), IsEmpty());
}

TEST_F(Hearings, WhoseProbesAreDroppedGetsItAgainWithEveryStart) {
  probes_ = {{beta, first}, {beta, second}};
  pass(30'000);
  links_up({{beta, first}, {beta, second}});
  alive(false);
  pass(5'000);
  EXPECT_THAT(answering(), ElementsAre(beta));
  alive(true);
  pass(2'000);
  EXPECT_THAT(answering(), ElementsAre(beta, gamma));
  links_up({{beta, first}, {beta, second}, {gamma, first}});
  pass(10'000);
  EXPECT_THAT(answering(), ElementsAre(beta, gamma));
}

}  // namespace
}  // namespace holdfast::core
