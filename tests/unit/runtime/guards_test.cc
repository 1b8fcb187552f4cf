// The guards of one node: what is asked, what is told, what is not begun.
#include "runtime/guards.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "doubles.h"

namespace holdfast::testing_doubles {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const NodeId alpha{1}, beta{2};
const Epoch first{NodeId{1}, 5, 1}, second{NodeId{1}, 5, 2};

/// Answers when the test says so.
class TestWitness final : public Witness {
 public:
  void ask(const std::vector<NodeId>&, std::function<void(WitnessAnswer)> done) override {
    open.push_back(std::move(done));
  }
  void watch(std::function<void()> changed) override { change = std::move(changed); }
  void answer(bool quorate, std::string text = "x") {
    ASSERT_FALSE(open.empty());
    const auto done = std::move(open.front());
    open.erase(open.begin());
    done({quorate, {}, std::move(text)});
  }
  std::vector<std::function<void(WitnessAnswer)>> open;
  std::function<void()> change;
};

class TestFence final : public Fence {
 public:
  void fence(const FenceOrder& order, std::function<void(FenceResult)> done) override {
    orders.push_back(order);
    open[order.target] = std::move(done);
  }
  void cancel(NodeId target) override { end(target, FenceVerdict::cancelled); }
  void end(NodeId target, FenceVerdict verdict) {
    const auto found = open.extract(target);
    if (!found.empty()) found.mapped()({verdict, 0, "said so"});
  }
  std::vector<FenceOrder> orders;
  std::map<NodeId, std::function<void(FenceResult)>> open;
};

class TestReset final : public Reset {
 public:
  std::string reset(ResetHow how) override {
    calls.push_back(how);
    return "not permitted";
  }
  std::vector<ResetHow> calls;
};

struct GuardsTest : testing::Test {
  GuardsTest() {
    auto config = small_cluster(2);
    config->nodes[1].fence = {{"fence_one", {{"ip", "10.0.0.1"}}, Millis{7000}}, {"fence_two", {}, Millis{7000}}};
    config_ = config;
  }
  FenceNode order(std::uint64_t number, std::uint32_t level = 0) const {
    return {{first, number}, alpha, beta, level, Millis{250}, {"G3", "lost", {}}};
  }
  void order_now(std::uint64_t number, std::uint32_t level = 0) { guards_.fence(order(number, level), *config_); }
  FenceFact told_fence() const {
    const auto* changed = told_.empty() ? nullptr : std::get_if<FenceChanged>(&told_.back());
    return changed == nullptr ? FenceFact{} : changed->fence;
  }
  std::optional<WitnessFact> told_witness() const {
    const auto* changed = told_.empty() ? nullptr : std::get_if<WitnessChanged>(&told_.back());
    return changed == nullptr ? std::nullopt : std::optional(changed->witness);
  }

  std::shared_ptr<const ClusterConfig> config_;
  Scheduler scheduler_;
  TestClock clock_{scheduler_, 1};
  TestLog log_;
  runtime::Lines lines_{log_};
  runtime::FactBook book_{alpha, Digest{}};
  TestWitness witness_;
  TestFence fence_;
  TestReset reset_;
  TestWitness other_witness_;
  std::vector<Event> told_;
  runtime::GuardPorts ports_{&witness_, &fence_, &reset_,
                             [this](const std::shared_ptr<const ClusterConfig>&) { return &other_witness_; }};
  runtime::Guards guards_{
      alpha, QuorumKind::tcp, clock_, ports_, book_, lines_, [this](const Event& event) { told_.push_back(event); }};
};

TEST_F(GuardsTest, AnotherWitnessIsAskedAtOnceAndTheFormerCountsNoMore) {
  guards_.entered(first, {alpha, beta});
  auto before = std::make_shared<ClusterConfig>(*config_);
  before->quorum.kind = QuorumKind::tcp;
  auto after = std::make_shared<ClusterConfig>(*config_);
  after->quorum.kind = QuorumKind::storage;
  guards_.reconfigure(*before, after);
  witness_.answer(true);  // asked before, answers late
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_FALSE(book_.own().witness);
  other_witness_.answer(true);
  ASSERT_TRUE(told_witness());
  EXPECT_EQ(told_witness()->kind, QuorumKind::storage);
  EXPECT_TRUE(told_witness()->quorate);
}

TEST_F(GuardsTest, AsksInEveryViewAndThenAgain) {
  guards_.entered(first, {alpha, beta});
  witness_.answer(true);
  EXPECT_EQ(told_witness()->epoch, first);
  EXPECT_TRUE(told_witness()->quorate);
  scheduler_.run_for(Millis{2100});
  witness_.answer(true);
  EXPECT_THAT(told_, SizeIs(1)) << "the same again is not told";
  guards_.entered(second, {alpha});
  witness_.answer(true);
  EXPECT_EQ(told_witness()->epoch, second);
}

TEST_F(GuardsTest, AnAnswerToAnOlderViewDoesNotCount) {
  guards_.entered(first, {alpha, beta});
  guards_.entered(second, {alpha});
  EXPECT_THAT(witness_.open, SizeIs(1)) << "one question at a time";
  witness_.answer(true);
  EXPECT_THAT(told_, SizeIs(0));
  witness_.answer(true);
  EXPECT_EQ(told_witness()->epoch, second);
}

TEST_F(GuardsTest, NoAnswerCountsWithoutAView) {
  guards_.entered(first, {alpha, beta});
  guards_.left();
  witness_.answer(true);
  scheduler_.run_for(Millis{10'000});
  EXPECT_THAT(told_, SizeIs(0));
  EXPECT_THAT(witness_.open, SizeIs(0));
}

TEST_F(GuardsTest, OneRefusalAloneIsAskedAgain) {
  guards_.entered(first, {alpha, beta});
  witness_.answer(true);
  scheduler_.run_for(Millis{2100});
  witness_.answer(false);
  scheduler_.run_for(Millis{400});
  witness_.answer(false);
  EXPECT_TRUE(told_witness()->quorate);
  scheduler_.run_for(Millis{400});
  witness_.answer(false, "1 of 3");
  EXPECT_FALSE(told_witness()->quorate);
  EXPECT_EQ(log_.count("no quorum: 1 of 3"), 1);
}

TEST_F(GuardsTest, AsksWhenTheWitnessHasNews) {
  guards_.entered(first, {alpha, beta});
  witness_.answer(true);
  witness_.change();
  EXPECT_THAT(witness_.open, SizeIs(1));
}

TEST_F(GuardsTest, RunsTheLevelAndTellsHowItStands) {
  order_now(1);
  ASSERT_THAT(fence_.orders, SizeIs(1));
  EXPECT_EQ(fence_.orders[0].agent, "fence_one");
  EXPECT_EQ(fence_.orders[0].delay, Millis{250});
  EXPECT_EQ(fence_.orders[0].limit, Millis{7000});
  EXPECT_EQ(told_fence().outcome, FenceOutcome::running);
  fence_.end(beta, FenceVerdict::off);
  EXPECT_EQ(told_fence(), (FenceFact{{first, 1}, 0, FenceOutcome::off, "said so"}));
}

TEST_F(GuardsTest, TheSameOrderAgainIsToldAgain) {
  order_now(1);
  order_now(1);
  EXPECT_THAT(fence_.orders, SizeIs(1));
  fence_.end(beta, FenceVerdict::failed);
  order_now(1);
  EXPECT_THAT(fence_.orders, SizeIs(1));
  EXPECT_EQ(told_fence().outcome, FenceOutcome::failed);
  EXPECT_THAT(told_, SizeIs(3));
}

TEST_F(GuardsTest, AnOrderForTheLevelThatRunsJoinsIt) {
  order_now(1);
  order_now(2);
  EXPECT_THAT(fence_.orders, SizeIs(1));
  fence_.end(beta, FenceVerdict::off);
  EXPECT_EQ(told_fence().operation, (OperationId{first, 2}));
}

TEST_F(GuardsTest, AnotherLevelReplacesTheRun) {
  order_now(1);
  order_now(2, 1);
  ASSERT_THAT(fence_.orders, SizeIs(2));
  EXPECT_EQ(fence_.orders[1].agent, "fence_two");
  EXPECT_EQ(told_fence(), (FenceFact{{first, 2}, 1, FenceOutcome::running, ""}));
}

TEST_F(GuardsTest, TellsALevelThatIsNotThere) {
  order_now(1, 2);
  EXPECT_EQ(told_fence().outcome, FenceOutcome::failed);
  EXPECT_THAT(told_fence().text, HasSubstr("no such fence level"));
}

TEST_F(GuardsTest, WhoIsAMemberAgainIsNotFenced) {
  order_now(1);
  guards_.entered(second, {alpha, beta});
  EXPECT_EQ(told_fence().outcome, FenceOutcome::failed);
  EXPECT_THAT(fence_.open, SizeIs(0));
}

TEST_F(GuardsTest, NothingBeginsWhileHeld) {  // L5
  guards_.hold();
  order_now(1);
  EXPECT_THAT(fence_.orders, SizeIs(0));
  guards_.drop_waiting();
  guards_.go_on();
  EXPECT_THAT(fence_.orders, SizeIs(0));
  guards_.hold();
  order_now(2);
  guards_.go_on();
  EXPECT_THAT(fence_.orders, SizeIs(1));
}

TEST_F(GuardsTest, ResetsAndTellsWhyItCannot) {
  guards_.reset({alpha, ResetHow::halt, {"G2", "no quorum", {}}});
  guards_.reset({alpha, ResetHow::halt, {"G2", "no quorum", {}}});
  EXPECT_THAT(reset_.calls, testing::ElementsAre(ResetHow::halt)) << "not at every event";
  EXPECT_EQ(log_.count("switched off at once: no quorum"), 1);
  EXPECT_EQ(log_.count("not permitted"), 1);
}

TEST(GuardedNode, TellsInEveryViewWhatItsWitnessSays) {  // G1
  World world{small_cluster(2)};
  TestWitness witness;
  world.add(1).guards.witness = &witness;
  world[1].make_node(world.config);
  world.add(2);
  world.start();
  for (const auto& members : {std::vector<std::uint32_t>{1, 2}, std::vector<std::uint32_t>{1}}) {
    world.view(members);
    world.run(20);
    witness.answer(true, "well");
    world.run(20);
    const Epoch epoch = world.node(1).state().epoch;
    const auto tells = [&](const wire::Message& message) {
      const auto* apply = std::get_if<wire::Apply>(&message.payload);
      const auto* changed = apply == nullptr ? nullptr : std::get_if<WitnessChanged>(&apply->event);
      return changed != nullptr && changed->witness.epoch == epoch && changed->witness.quorate;
    };
    EXPECT_EQ(std::count_if(world.sent.begin(), world.sent.end(), tells), 1);
  }
}

}  // namespace
}  // namespace holdfast::testing_doubles
