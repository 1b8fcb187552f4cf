// What marks say (G1, `storage`): by the reader's own clock only.
#include "adapters/witness/marks.h"

#include <gmock/gmock.h>

namespace holdfast::witness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const NodeId alpha{1}, beta{2}, gamma{3};
constexpr Instant at(int seconds) { return Instant{std::int64_t{seconds} * 1'000'000 + 1}; }

Slot mark_of(NodeId node, std::uint64_t counter, std::uint64_t life = 7) {
  return {SlotContent::mark, {"demo", node, life, counter}};
}

TEST(Mark, ComesBackAsItWas) {
  const Mark mark{"demo", beta, 1'700'000'000, 42};
  const std::string bytes = encode_mark(mark);
  EXPECT_EQ(bytes.size(), slot_size);
  const Slot slot = decode_mark(bytes);
  EXPECT_EQ(slot.content, SlotContent::mark);
  EXPECT_EQ(slot.mark, mark);
}

TEST(Mark, KnowsWhatIsNone) {
  EXPECT_EQ(decode_mark("").content, SlotContent::empty);
  EXPECT_EQ(decode_mark(std::string(slot_size, '\0')).content, SlotContent::empty);
  EXPECT_EQ(decode_mark("XFSB and so on").content, SlotContent::foreign);
  std::string bytes = encode_mark({"demo", beta, 1, 42});
  bytes[bytes.find("42")] = '5';
  EXPECT_EQ(decode_mark(bytes).content, SlotContent::broken) << "the checksum";
  EXPECT_EQ(decode_mark(bytes.substr(0, 25)).content, SlotContent::broken);
  EXPECT_EQ(decode_mark("holdfast-mark 1 \n").content, SlotContent::broken);
}

class BoardTest : public testing::Test {
 protected:
  MarkBoard board_{"demo", alpha, Millis{24'000}};
  std::set<NodeId> maybe_alive(int seconds) { return board_.maybe_alive({alpha, beta, gamma}, at(seconds)); }
};

TEST_F(BoardTest, AMarkThatChangesLives) {
  for (int i = 0; i < 10; ++i) board_.saw(beta, mark_of(beta, static_cast<std::uint64_t>(i)), at(6 * i));
  board_.saw(gamma, mark_of(gamma, 1), at(0));
  EXPECT_THAT(maybe_alive(60), ElementsAre(beta));
}

TEST_F(BoardTest, AMarkOlderThanTheLimitIsDead) {
  board_.saw(beta, mark_of(beta, 1), at(0));
  board_.saw(beta, mark_of(beta, 1), at(23));
  board_.saw(gamma, mark_of(gamma, 1), at(0));
  EXPECT_THAT(maybe_alive(23), UnorderedElementsAre(beta, gamma)) << "at first it may have been written just now";
  EXPECT_THAT(maybe_alive(24), IsEmpty());
}

TEST_F(BoardTest, ANewLifeWithTheSameCounterLives) {
  board_.saw(beta, mark_of(beta, 1), at(0));
  board_.saw(beta, mark_of(beta, 1, 8), at(30));
  EXPECT_TRUE(maybe_alive(31).contains(beta));
}

TEST_F(BoardTest, NoMarkProvesNothing) {
  board_.saw(beta, Slot{}, at(0));
  EXPECT_THAT(maybe_alive(1000), UnorderedElementsAre(beta, gamma)) << "gamma was not even read";
}

TEST_F(BoardTest, AMarkOfAnotherClusterOrNodeProvesNothing) {
  board_.saw(beta, Slot{SlotContent::mark, {"other", beta, 1, 1}}, at(0));
  board_.saw(gamma, mark_of(beta, 5), at(0));
  EXPECT_THAT(maybe_alive(1000), UnorderedElementsAre(beta, gamma));
}

TEST_F(BoardTest, AHalfWrittenMarkTakesNothingAway) {
  board_.saw(beta, mark_of(beta, 1), at(0));
  board_.saw(beta, Slot{SlotContent::broken}, at(6));
  EXPECT_TRUE(maybe_alive(7).contains(beta));
  EXPECT_FALSE(maybe_alive(25).contains(beta));
}

TEST_F(BoardTest, AMemberWithoutAFreshMarkShowsThatThePathIsNotShared) {
  board_.saw(beta, mark_of(beta, 1), at(0));
  EXPECT_THAT(board_.not_shared({alpha, beta}, at(10)), IsEmpty());
  EXPECT_THAT(board_.not_shared({alpha, beta}, at(30)), ElementsAre(beta));
  EXPECT_TRUE(maybe_alive(1000).contains(beta)) << "its mark stood still while it lived: it proves nothing";
  board_.saw(beta, mark_of(beta, 2), at(1000));
  EXPECT_FALSE(maybe_alive(1030).contains(beta)) << "it writes here after all";
}

TEST_F(BoardTest, AMemberThatNeverWroteIsNotShared) {
  board_.saw(beta, Slot{}, at(0));
  EXPECT_THAT(board_.not_shared({alpha, beta}, at(1)), ElementsAre(beta));
}

}  // namespace
}  // namespace holdfast::witness
