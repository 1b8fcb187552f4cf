// Who answers: two ends that exchange probes over lossy links.
#include "adapters/sidechannel/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::sidechannel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const NodeId alpha{1}, beta{2};
const LinkIndex first{0}, second{1};

class Two : public testing::Test {
 protected:
  /// A round of probes every 100 ms; `there`: alpha's reach beta, `back`: beta's reach alpha.
  void pass(int millis, LinkIndex link, bool there, bool back) {
    for (int t = 0; t < millis; t += 100) {
      now_ = now_ + Millis{100};
      const Probe out = a_.next(beta, link, now_);
      if (there) b_.on_probe(alpha, out, now_);
      const Probe home = b_.next(alpha, link, now_);
      if (back) a_.on_probe(beta, home, now_);
    }
  }
  Paths a_{Millis{800}};
  Paths b_{Millis{800}};
  Instant now_{1'000'000'000};
};

TEST_F(Two, NobodyAnswersWhoWasNeverHeard) { EXPECT_THAT(a_.answering(now_), IsEmpty()); }

TEST_F(Two, BothAnswer) {
  pass(300, first, true, true);
  EXPECT_THAT(a_.answering(now_), ElementsAre(ReachPath{beta, first}));
  EXPECT_THAT(b_.answering(now_), ElementsAre(ReachPath{alpha, first}));
}

TEST_F(Two, OneDirectionIsNoAnswer) {
  pass(3'000, first, true, false);
  EXPECT_THAT(a_.answering(now_), IsEmpty());
  EXPECT_THAT(b_.answering(now_), IsEmpty());
}

TEST_F(Two, ADirectionLostLaterIsNoticedByBoth) {
  pass(1'000, first, true, true);
  pass(1'000, first, false, true);
  EXPECT_THAT(a_.answering(now_), IsEmpty());
  EXPECT_THAT(b_.answering(now_), IsEmpty());
}

TEST_F(Two, AShortSilenceIsNone) {
  pass(1'000, first, true, true);
  pass(600, first, false, false);
  EXPECT_THAT(a_.answering(now_), ElementsAre(ReachPath{beta, first}));
}

TEST_F(Two, OneOfTwoLinksIsEnough) {
  pass(1'000, first, true, true);
  for (int i = 0; i < 20; ++i) pass(100, second, true, true);
  EXPECT_THAT(a_.answering(now_), ElementsAre(ReachPath{beta, second}));
}

TEST_F(Two, OneDirectionOnEachLinkIsNone) {
  for (int i = 0; i < 10; ++i) {
    pass(100, first, true, false);
    pass(100, second, false, true);
  }
  EXPECT_THAT(a_.answering(now_), IsEmpty());
  EXPECT_THAT(b_.answering(now_), IsEmpty());
}

TEST_F(Two, OwnStandstillIsNotTheirSilence) {
  pass(1'000, first, true, true);
  now_ = now_ + Millis{5'000};
  a_.forgive(Millis{5'000});
  EXPECT_THAT(a_.answering(now_), ElementsAre(ReachPath{beta, first}));
}

TEST_F(Two, WhatIsRecordedAndReplayedProvesNothing) {
  pass(1'000, first, true, true);
  const Probe recorded = b_.next(alpha, first, now_);
  for (int i = 0; i < 20; ++i) {
    now_ = now_ + Millis{100};
    a_.on_probe(beta, recorded, now_);
  }
  EXPECT_THAT(a_.answering(now_), IsEmpty());
}

TEST_F(Two, AnEchoOfWhatWasNotSentYetProvesNothing) {
  Probe forged = b_.next(alpha, first, now_);
  for (const std::uint64_t echo : {static_cast<std::uint64_t>(now_.micros) + 1, ~std::uint64_t{0}}) {
    forged.echo = echo;
    a_.on_probe(beta, forged, now_);
    a_.forgive(Millis{1'000});
    EXPECT_THAT(a_.answering(now_), IsEmpty());
  }
}

TEST_F(Two, ProbesThatOvertakeEachOther) {
  pass(500, first, true, true);
  const Probe late = a_.next(beta, first, now_);
  pass(200, first, true, true);
  b_.on_probe(alpha, late, now_);
  EXPECT_EQ(b_.next(alpha, first, now_).echo, static_cast<std::uint64_t>(now_.micros));
}

TEST_F(Two, APeersClockMayBeginAnew) {
  pass(500, first, true, true);
  Probe reborn = a_.next(beta, first, Instant{5'000'000});
  b_.on_probe(alpha, reborn, now_);
  EXPECT_EQ(b_.next(alpha, first, now_).echo, 5'000'000U);
}

}  // namespace
}  // namespace holdfast::sidechannel
