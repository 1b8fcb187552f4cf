// A node is stopped by an operator (O4), and the line of B5.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doubles.h"

namespace holdfast::testing_doubles {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Leaving : testing::Test {
  World world{small_cluster(2)};
  int told = 0;              ///< how often node 1 was told to leave
  std::size_t answered = 0;  ///< answers that node 1's operators had by then

  void start() {
    for (const std::uint32_t id : {1u, 2u}) world.add(id);
    world.start();
    world.node(1).when_told_to_leave([this] {
      ++told;
      answered = world[1].answers.size();
    });
    world.view({1, 2});
    world.run(10);
    world.poll();
    world.request(1, RequestKind::start, "web", NodeId{1});
    world.run(200);
    world[1].answers.clear();
  }
  void leave_without_a_view(LeaveMode mode) {
    Request asked;
    asked.kind = RequestKind::leave;
    asked.node = NodeId{1};
    asked.mode = mode;
    world.node(1).request(asked, [this](const runtime::Answer& answer) { world[1].answers.push_back(answer.text); });
  }
};

TEST_F(Leaving, TheDaemonIsToldOnceNothingRunsAndItsOperatorKnows) {
  start();
  world.request(1, RequestKind::leave, "", NodeId{1});
  world.run(300);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(answered, 1U);
  EXPECT_THAT(world[1].answers.at(0), StartsWith("done"));
  EXPECT_FALSE(world[1].agents.running[ResourceName{"web"}]);
  EXPECT_FALSE(world[1].agents.running[ResourceName{"ip"}]);
}

TEST_F(Leaving, AlsoWhenAnotherNodeIsAsked) {
  start();
  world.request(2, RequestKind::leave, "", NodeId{1});
  world.run(300);
  EXPECT_EQ(told, 1);
  EXPECT_THAT(world[2].answers.at(0), StartsWith("done"));
  EXPECT_FALSE(world[1].agents.running[ResourceName{"web"}]);
}

TEST_F(Leaving, ItIsNotToldWhileSomethingDoesNotStop) {
  start();
  world[1].agents.says[{ResourceName{"web"}, OperationKind::stop}] = {OperationOutcome::failed, ResourceState::failed,
                                                                      1, "it hangs on"};
  world.request(1, RequestKind::leave, "", NodeId{1});
  world.run(500);
  EXPECT_EQ(told, 0);
  EXPECT_THAT(world[1].answers.at(0), HasSubstr("alpha stays: web did not stop there"));
}

TEST_F(Leaving, WithoutAViewOnlyWithTheResourcesKept) {
  for (const std::uint32_t id : {1u, 2u}) world.add(id);
  world.start();
  world.node(1).when_told_to_leave([this] { ++told; });
  leave_without_a_view(LeaveMode::stop_resources);
  world.run(12'000);
  EXPECT_EQ(told, 0);
  ASSERT_EQ(world[1].answers.size(), 1U) << "within the time that a request waits for a view";
  EXPECT_THAT(world[1].answers[0], HasSubstr("holdfast stop --keep-resources"));
  leave_without_a_view(LeaveMode::keep_resources);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(world[1].answers.size(), 2U);
}

}  // namespace
}  // namespace holdfast::testing_doubles
