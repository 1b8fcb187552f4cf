// Notes come through others, the newest counts, and who says nothing new is lost.
#include "adapters/sidechannel/note_board.h"

#include <gtest/gtest.h>

#include <set>

namespace holdfast::sidechannel {
namespace {

const Instant start{1'000'000'000};
Instant at(int millis) { return start + Millis{millis}; }
NoteBoard board(std::uint32_t node, std::uint64_t started = 1) { return {NodeId{node}, started, Millis{2'400}}; }

TEST(NoteBoard, ANoteComesThroughTheOneBetween) {
  NoteBoard alpha = board(1);
  NoteBoard beta = board(2);
  NoteBoard gamma = board(3);
  alpha.tell("of alpha");
  beta.take(alpha.carried(at(0)), at(0));
  const auto news = gamma.take(beta.carried(at(100)), at(100));
  ASSERT_EQ(news.size(), 2U);  // of beta itself, too
  const auto& of_alpha = news[0].node == NodeId{1} ? news[0] : news[1];
  EXPECT_EQ(of_alpha.note, "of alpha");
}

TEST(NoteBoard, OnlyAChangedNoteIsNews) {
  NoteBoard alpha = board(1);
  NoteBoard beta = board(2);
  alpha.tell("one");
  EXPECT_EQ(beta.take(alpha.carried(at(0)), at(0)).size(), 1U);
  EXPECT_EQ(beta.take(alpha.carried(at(100)), at(100)).size(), 0U);
  alpha.tell("two");
  EXPECT_EQ(beta.take(alpha.carried(at(200)), at(200)).size(), 1U);
}

TEST(NoteBoard, AnOlderNoteChangesNothing) {
  NoteBoard alpha = board(1);
  NoteBoard beta = board(2);
  alpha.tell("old");
  const auto old = alpha.carried(at(0));
  alpha.tell("new");
  beta.take(alpha.carried(at(100)), at(100));
  EXPECT_TRUE(beta.take(old, at(200)).empty());
}

TEST(NoteBoard, ALaterLifeIsNewer) {
  NoteBoard first = board(1, 1000);
  NoteBoard second = board(1, 2000);
  NoteBoard beta = board(2);
  first.tell("first life");
  for (int i = 0; i < 5; ++i) beta.take(first.carried(at(i)), at(i));
  second.tell("second life");
  const auto news = beta.take(second.carried(at(10)), at(10));
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].note, "second life");
  EXPECT_TRUE(beta.take(first.carried(at(20)), at(20)).empty());
}

TEST(NoteBoard, WhoSaysNothingNewIsLostEvenIfOthersRepeatIt) {
  NoteBoard alpha = board(1);
  NoteBoard beta = board(2);
  NoteBoard gamma = board(3);
  alpha.tell("last words");
  beta.take(alpha.carried(at(0)), at(0));
  for (int t = 0; t < 2'300; t += 100) {
    gamma.take(beta.carried(at(t)), at(t));
    EXPECT_TRUE(gamma.expire(at(t)).empty());
  }
  const auto news = gamma.expire(at(2'450));
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].node, NodeId{1});
  EXPECT_TRUE(news[0].lost);
}

TEST(NoteBoard, TwoThatLoseADeadOneApartDoNotKeepItsNoteAlive) {
  NoteBoard alpha = board(1);
  NoteBoard beta = board(2);
  NoteBoard gamma = board(3);
  gamma.tell("of gamma");
  const auto last = gamma.carried(at(0));
  alpha.take(last, at(0));
  beta.take(last, at(0));
  beta.forgive(Millis{500});  // it stood still for a while, so it loses gamma later
  int lost = 0;
  for (int i = 100; i <= 30'000; i += 100) {
    for (const auto& news : alpha.expire(at(i))) lost += news.node == NodeId{3} ? 1 : 0;
    beta.expire(at(i));
    for (const auto& news : alpha.take(beta.carried(at(i)), at(i))) EXPECT_NE(news.node, NodeId{3}) << i;
    for (const auto& news : beta.take(alpha.carried(at(i)), at(i))) EXPECT_NE(news.node, NodeId{3}) << i;
  }
  EXPECT_EQ(lost, 1);
}

TEST(NoteBoard, ALostNodeIsHeardAgain) {
  NoteBoard beta = board(2);
  NoteBoard gamma = board(3);
  gamma.tell("of gamma");
  beta.take(gamma.carried(at(0)), at(0));
  ASSERT_EQ(beta.expire(at(2'500)).size(), 1U);
  EXPECT_EQ(beta.carried(at(2'500)).size(), 1U);
  EXPECT_TRUE(beta.expire(at(2'600)).empty());
  const auto news = beta.take(gamma.carried(at(3'000)), at(3'000));
  ASSERT_EQ(news.size(), 1U);
  EXPECT_FALSE(news[0].lost);
  EXPECT_EQ(news[0].note, "of gamma");
}

TEST(NoteBoard, ALongLostNodesOlderClockCountsAgain) {
  NoteBoard first = board(3, 2'000);
  NoteBoard second = board(3, 1'000);  // its clock was set back before it booted
  NoteBoard beta = board(2);
  first.tell("first life");
  second.tell("second life");
  beta.take(first.carried(at(0)), at(0));
  beta.expire(at(2'500));
  EXPECT_TRUE(beta.take(second.carried(at(3'000)), at(3'000)).empty());
  beta.expire(at(13'000));
  EXPECT_EQ(beta.take(second.carried(at(13'000)), at(13'000)).size(), 1U);
}

TEST(NoteBoard, OwnStandstillLosesNobody) {
  NoteBoard alpha = board(1);
  NoteBoard beta = board(2);
  beta.take(alpha.carried(at(0)), at(0));
  beta.forgive(Millis{10'000});
  EXPECT_TRUE(beta.expire(at(10'100)).empty());
}

TEST(NoteBoard, OfManyNodesEveryOneHasItsTurnWithinSixRounds) {
  NoteBoard hub = board(1);
  for (std::uint32_t n = 2; n <= 32; ++n) hub.take(board(n).carried(at(0)), at(0));
  std::set<NodeId> seen;
  for (int round = 0; round < 6; ++round) {
    const auto carried = hub.carried(at(1'000 + round * 100));
    EXPECT_LE(carried.size(), 7U);
    for (const CarriedNote& note : carried) seen.insert(note.node);
  }
  EXPECT_EQ(seen.size(), 32U);
}

TEST(NoteBoard, AChangedNoteDoesNotWaitForItsTurn) {
  NoteBoard hub = board(1);
  for (std::uint32_t n = 2; n <= 32; ++n) hub.take(board(n).carried(at(0)), at(0));
  NoteBoard last = board(31, 2);
  last.tell("changed");
  hub.take(last.carried(at(1'000)), at(1'000));
  bool carried = false;
  for (const CarriedNote& note : hub.carried(at(1'010))) carried = carried || note.note == "changed";
  EXPECT_TRUE(carried);
}

}  // namespace
}  // namespace holdfast::sidechannel
