// L9: a peer whose links come and go.
#include "core/local/flap.h"

#include <gtest/gtest.h>

namespace holdfast::core {
namespace {

const NodeId peer{2};
Instant at(std::int64_t millis) { return Instant{1'000'000 + millis * 1000}; }

/// Up and down every second from `from` on, `times` failures; ends answering.
void flap(FlapJudge& judge, std::int64_t from, int times) {
  for (int i = 0; i < times; ++i) {
    judge.on_change(peer, false, at(from + i * 2000));
    judge.on_change(peer, true, at(from + i * 2000 + 1000));
  }
}

TEST(Flap, TwoFailuresAreNone) {
  FlapJudge judge;
  judge.on_change(peer, true, at(0));
  flap(judge, 1000, 2);
  EXPECT_FALSE(judge.restless(peer, at(5000)));
}

TEST(Flap, ThreeWithinTheTimeAre) {
  FlapJudge judge;
  judge.on_change(peer, true, at(0));
  flap(judge, 1000, 3);
  EXPECT_TRUE(judge.restless(peer, at(6500)));
  EXPECT_TRUE(judge.any_restless());
}

TEST(Flap, ThreeInALongTimeAreNone) {
  FlapJudge judge;
  judge.on_change(peer, true, at(0));
  for (int i = 0; i < 5; ++i) flap(judge, 1000 + i * 20'000, 1);
  EXPECT_FALSE(judge.restless(peer, at(82'000)));
}

TEST(Flap, SteadyForAWhileEndsIt) {
  FlapJudge judge;
  judge.on_change(peer, true, at(0));
  flap(judge, 1000, 3);  // answers from 6000 on
  EXPECT_TRUE(judge.restless(peer, at(10'900)));
  EXPECT_FALSE(judge.restless(peer, at(11'000)));
  EXPECT_FALSE(judge.any_restless());
}

TEST(Flap, AsLongAsItFlapsItIs) {
  FlapJudge judge;
  judge.on_change(peer, true, at(0));
  flap(judge, 1000, 30);
  EXPECT_TRUE(judge.restless(peer, at(61'000)));
}

TEST(Flap, TheWaitDoublesAndIsForgivenAfterLongCalm) {
  FlapJudge judge;
  judge.on_change(peer, true, at(0));
  flap(judge, 1000, 3);
  ASSERT_FALSE(judge.restless(peer, at(12'000)));
  flap(judge, 13'000, 3);  // answers from 18000 on
  EXPECT_TRUE(judge.restless(peer, at(27'900)));
  EXPECT_FALSE(judge.restless(peer, at(28'000)));
  ASSERT_FALSE(judge.restless(peer, at(400'000)));
  flap(judge, 401'000, 3);  // answers from 406000 on
  EXPECT_TRUE(judge.restless(peer, at(410'900)));
  EXPECT_FALSE(judge.restless(peer, at(411'000)));
}

TEST(Flap, AnUnknownPeerIsNot) {
  FlapJudge judge;
  EXPECT_FALSE(judge.restless(peer, at(0)));
  EXPECT_FALSE(judge.any_restless());
}

}  // namespace
}  // namespace holdfast::core
