// What goes into a node's journal, and what happens when the disk does not take it.
#include "runtime/journal.h"

#include <gtest/gtest.h>

#include "core/step.h"
#include "doubles.h"

namespace holdfast::testing_doubles {
namespace {

class TestJournalStore final : public JournalStore {
 public:
  void begin(std::string record) override {
    segments.push_back({std::move(record)});
    standing_.trouble = trouble;
    if (trouble.empty())
      standing_.segments = segments.size();
    else
      ++standing_.lost;
  }
  void append(std::string record) override {
    if (!trouble.empty()) standing_.trouble = trouble;
    if (standing_.trouble.empty())
      segments.back().push_back(std::move(record));
    else
      ++standing_.lost;
  }
  JournalStanding standing() const override { return standing_; }
  bool takes() const override { return ready; }

  std::string trouble;
  bool ready = true;
  std::vector<std::vector<std::string>> segments;

 private:
  JournalStanding standing_;
};

struct JournalTest : testing::Test {
  JournalTest() {
    ClusterConfig config;
    config.nodes = {{NodeId{1}, "alpha", {"10.0.0.1"}}, {NodeId{2}, "beta", {"10.0.0.2"}}};
    state = core::initial_state(std::make_shared<const ClusterConfig>(config));
  }
  void step(const Event& event) {
    journal.before_step(state, 7);
    const Outcome outcome = core::step(state, event, WallTime{5});
    journal.after_step(NodeId{2}, event, WallTime{5}, outcome, state);
  }
  void steps(int count) {
    for (int i = 0; i < count; ++i) step(TimerFired{});
  }
  /// Record `index` of segment `segment`, from 0.
  wire::JournalRecord record(std::size_t segment, std::size_t index) const {
    const std::string bytes = wire::journal_header({}) + wire::journal_record(1, store.segments.at(segment).at(index));
    auto reader = wire::JournalReader::open(bytes);
    return **reader->next();
  }
  wire::JournalSnapshot snapshot(std::size_t segment, std::size_t index = 0) const {
    return std::get<wire::JournalSnapshot>(record(segment, index));
  }
  wire::JournalStep written(std::size_t segment, std::size_t index) const {
    return std::get<wire::JournalStep>(record(segment, index));
  }

  Scheduler scheduler;
  TestClock clock{scheduler, 1};
  TestLog log;
  runtime::Lines lines{log};
  TestJournalStore store;
  runtime::Journal journal{&store, 2000, clock, lines};
  ClusterState state;
};

TEST_F(JournalTest, BeginsWithTheStateAndCountsEvents) {
  const ClusterState before = state;
  step(TimerFired{{TimerKind::startup_wait}});
  step(TimerFired{});
  ASSERT_EQ(store.segments.size(), 1U);
  ASSERT_EQ(store.segments[0].size(), 3U);
  EXPECT_EQ(snapshot(0).state, before);
  EXPECT_TRUE(snapshot(0).replaced);
  EXPECT_EQ(snapshot(0).incarnation, 7U);
  const wire::JournalStep second = written(0, 2);
  EXPECT_EQ(second.position.number, written(0, 1).position.number + 1);
  EXPECT_EQ(second.sender, NodeId{2});
  EXPECT_EQ(second.at, WallTime{5});
  EXPECT_EQ(second.wall, clock.wall());
  EXPECT_EQ(second.event, Event{TimerFired{}});
  EXPECT_EQ(second.state, wire::journal_digest(state));
}

TEST_F(JournalTest, BeginsTheNextSegmentWhenOneIsFull) {
  steps(100);
  ASSERT_GT(store.segments.size(), 2U);
  EXPECT_FALSE(snapshot(1).replaced);
  EXPECT_EQ(snapshot(1).lost, 0U);
  EXPECT_EQ(snapshot(1).position.number + 1, written(1, 1).position.number);
  std::size_t bytes = 0;
  for (const std::string& one : store.segments[0]) bytes += one.size();
  EXPECT_GE(bytes, 2000U);
  EXPECT_LT(bytes, 2200U);
}

TEST_F(JournalTest, TellsThatTheStateWasReplaced) {
  steps(2);
  state.last_version = 77;
  journal.state_was_replaced();
  steps(1);
  ASSERT_EQ(store.segments.size(), 1U);
  EXPECT_EQ(snapshot(0, 3).state.last_version, 77U);
  EXPECT_TRUE(snapshot(0, 3).replaced);
}

TEST_F(JournalTest, ClosesAGapWithASnapshot) {
  steps(2);
  store.trouble = "no space";
  steps(2);  // one that the disk does not take, and one attempt at a new segment
  journal.look();
  journal.look();
  EXPECT_EQ(log.count("the journal has a gap: no space; this node goes on without"), 1);
  const std::size_t tries = store.segments.size();
  steps(10);
  EXPECT_EQ(store.segments.size(), tries) << "a full disk is not asked at every event";
  store.trouble.clear();
  scheduler.run_for(Millis{5100});
  store.ready = false;
  steps(1);
  EXPECT_EQ(store.segments.size(), tries) << "the disk has not answered for the last";
  store.ready = true;
  steps(1);
  journal.look();
  ASSERT_EQ(store.segments.size(), tries + 1);
  EXPECT_EQ(log.count("the journal is written again"), 1);
  std::uint64_t lost = 0;
  for (std::size_t i = 0; i < store.segments.size(); ++i) lost += snapshot(i).lost;
  EXPECT_GE(lost, 13U);
  EXPECT_EQ(snapshot(tries).position.number, written(tries, 1).position.number - 1);
}

TEST_F(JournalTest, MayBeNone) {
  runtime::Journal none{nullptr, 2000, clock, lines};
  none.before_step(state, 7);
  none.after_step(NodeId{1}, TimerFired{}, {}, {}, state);
  none.look();
  EXPECT_TRUE(log.lines.empty());
}

}  // namespace
}  // namespace holdfast::testing_doubles
