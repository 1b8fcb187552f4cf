// The sequences of callbacks that were measured (engine.md 2.5), as such.
#include "adapters/corosync/view_tracker.h"

#include <gtest/gtest.h>

namespace holdfast::corosync {
namespace {

const EngineMember kA{NodeId{1}, 100};
const EngineMember kB{NodeId{2}, 200};
const EngineMember kC{NodeId{3}, 300};

std::vector<NodeId> nodes(std::initializer_list<std::uint32_t> ids) {
  std::vector<NodeId> list;
  for (const auto id : ids) list.emplace_back(id);
  return list;
}

class ViewTrackerTest : public ::testing::Test {
 protected:
  /// A has joined; B and its daemon are there.
  void join_two() {
    tracker.ring_changed(nodes({1, 2}));
    tracker.group_changed({kA, kB}, {});
  }
  ViewTracker tracker{kA};
};

TEST_F(ViewTrackerTest, TellsNothingBeforeBothSourcesSpoke) {
  EXPECT_FALSE(tracker.ring_changed(nodes({1, 2})).view);
  const auto update = tracker.group_changed({kA, kB}, {});
  EXPECT_EQ(update.view, (EngineView{{kA, kB}, nodes({1, 2})}));
}

TEST_F(ViewTrackerTest, TellsNothingBeforeTheRingIsKnown) {
  EXPECT_FALSE(tracker.group_changed({kA}, {}).view);
  EXPECT_EQ(tracker.ring_changed(nodes({1})).view, (EngineView{{kA}, nodes({1})}));
}

TEST_F(ViewTrackerTest, TellsNothingWhileOnlyOthersAreInTheGroup) {
  tracker.ring_changed(nodes({1, 2}));
  const auto update = tracker.group_changed({kB}, {});
  EXPECT_FALSE(update.view);
  EXPECT_FALSE(update.evicted);
}

TEST_F(ViewTrackerTest, DeadNodeIsNeverADeadDaemon) {
  join_two();
  const auto first = tracker.group_changed({kA}, {{kB, LeaveReason::node_left_ring}});
  EXPECT_EQ(first.view, (EngineView{{kA}, nodes({1})}));
  EXPECT_FALSE(tracker.ring_changed(nodes({1})).view) << "the same view is not told twice";
}

TEST_F(ViewTrackerTest, DeadDaemonLeavesItsNodeIn) {
  join_two();
  EXPECT_EQ(tracker.group_changed({kA}, {{kB, LeaveReason::process_died}}).view, (EngineView{{kA}, nodes({1, 2})}));
}

TEST_F(ViewTrackerTest, CorosyncStoppedInOrderLooksLikeADeadDaemonFirst) {
  join_two();
  EXPECT_EQ(tracker.group_changed({kA}, {{kB, LeaveReason::process_died}}).view, (EngineView{{kA}, nodes({1, 2})}));
  EXPECT_EQ(tracker.ring_changed(nodes({1})).view, (EngineView{{kA}, nodes({1})}));
}

TEST_F(ViewTrackerTest, NodeWithoutDaemonDiesByTheRingAlone) {
  join_two();
  tracker.group_changed({kA}, {{kB, LeaveReason::left}});
  EXPECT_EQ(tracker.ring_changed(nodes({1})).view, (EngineView{{kA}, nodes({1})}));
}

TEST_F(ViewTrackerTest, MergeBringsTheMemberBeforeTheRing) {
  tracker.ring_changed(nodes({1}));
  tracker.group_changed({kA}, {});
  EXPECT_EQ(tracker.group_changed({kA, kB}, {}).view, (EngineView{{kA, kB}, nodes({1, 2})}));
  EXPECT_FALSE(tracker.ring_changed(nodes({1, 2})).view);
}

TEST_F(ViewTrackerTest, NodeThatLeftAndCameBackInOneRingChangeIsToldAsBoth) {
  join_two();
  const EngineMember again{NodeId{2}, 201};
  EXPECT_EQ(tracker.group_changed({kA}, {{kB, LeaveReason::node_left_ring}}).view, (EngineView{{kA}, nodes({1})}));
  EXPECT_EQ(tracker.group_changed({kA, again}, {}).view, (EngineView{{kA, again}, nodes({1, 2})}));
  EXPECT_FALSE(tracker.ring_changed(nodes({1, 2})).view);
}

TEST_F(ViewTrackerTest, RestartedCorosyncWithoutDaemonYet) {
  join_two();
  tracker.group_changed({kA}, {{kB, LeaveReason::node_left_ring}});
  EXPECT_EQ(tracker.ring_changed(nodes({1, 2})).view, (EngineView{{kA}, nodes({1, 2})}));
}

TEST_F(ViewTrackerTest, RingThatFormsAnewWithTheSameNodesIsNoChange) {
  join_two();
  EXPECT_FALSE(tracker.ring_changed(nodes({1, 2})).view);
}

TEST_F(ViewTrackerTest, DaemonRestartedBetweenTwoCallbacksIsAnotherView) {
  join_two();
  const EngineMember again{NodeId{2}, 201};
  EXPECT_EQ(tracker.group_changed({kA, again}, {{kB, LeaveReason::process_died}}).view,
            (EngineView{{kA, again}, nodes({1, 2})}));
}

TEST_F(ViewTrackerTest, TwoDaemonsOfOneNodeForAMoment) {
  join_two();
  const EngineMember again{NodeId{2}, 150};
  EXPECT_EQ(tracker.group_changed({kA, kB, again}, {}).view, (EngineView{{kA, again, kB}, nodes({1, 2})}));
  EXPECT_EQ(tracker.group_changed({kA, again}, {{kB, LeaveReason::process_died}}).view,
            (EngineView{{kA, again}, nodes({1, 2})}));
}

TEST_F(ViewTrackerTest, OurOwnAbsenceIsAnEviction) {
  join_two();
  const auto update = tracker.group_changed({kB}, {{kA, LeaveReason::process_died}});
  EXPECT_TRUE(update.evicted);
  EXPECT_FALSE(update.view);
}

TEST_F(ViewTrackerTest, ThreeNodesOneLeft) {
  tracker.ring_changed(nodes({3, 1, 2}));
  tracker.group_changed({kC, kA, kB}, {});
  const auto update =
      tracker.group_changed({kA}, {{kB, LeaveReason::node_left_ring}, {kC, LeaveReason::node_left_ring}});
  EXPECT_EQ(update.view, (EngineView{{kA}, nodes({1})}));
}

TEST_F(ViewTrackerTest, ListsAreAscendingWhateverCorosyncSays) {
  tracker.ring_changed(nodes({3, 1, 2}));
  EXPECT_EQ(tracker.group_changed({kC, kA, kB}, {}).view, (EngineView{{kA, kB, kC}, nodes({1, 2, 3})}));
}

}  // namespace
}  // namespace holdfast::corosync
