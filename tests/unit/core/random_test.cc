// Every event is legal in every state (law 2), the same state and event give the same outcome (law 1), and no order of
// events breaks an invariant. Random events, sensible and senseless; a failure names its seed.
#include "base/random.h"

#include <gtest/gtest.h>

#include "core/knowledge.h"
#include "play.h"

namespace holdfast::core {
namespace {

class RandomEvents {
 public:
  explicit RandomEvents(std::uint64_t seed) : random_(seed), play_(make_config()) {}

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) one();
  }

 private:
  std::shared_ptr<const ClusterConfig> make_config() {
    nodes_ = static_cast<std::uint32_t>(random_.between(1, 4));
    resources_ = random_.between(1, 8);
    ConfigMaker maker(nodes_, random_.chance(50) ? Profile::linux_like : Profile::windows_like);
    for (int i = 0; i < resources_; ++i) {
      std::vector<std::string> below;
      for (int j = 0; j < i; ++j)
        if (random_.chance(30)) below.push_back("r" + std::to_string(j));
      maker.resource("r" + std::to_string(i), below);
    }
    return maker.done();
  }

  NodeId node() { return n(static_cast<std::uint32_t>(random_.between(1, nodes_))); }
  ResourceName resource() { return r("r" + std::to_string(random_.between(0, resources_))); }  // one too many: unknown

  void view() {
    std::vector<NodeId> members;
    std::vector<AbsentNode> absent;
    for (std::uint32_t i = 1; i <= nodes_; ++i) {
      if (random_.chance(70))
        members.push_back(n(i));
      else
        absent.push_back({n(i), static_cast<Absence>(random_.between(0, 5))});
    }
    if (members.empty()) return;
    for (const AbsentNode& a : absent)
      if (a.absence == Absence::no_answer && random_.chance(50)) play_.power_off(a.node);
    play_.view(members, absent);
  }

  void wild_fact() {
    ResourceFact fact;
    fact.state = static_cast<ResourceState>(random_.between(0, 6));
    if (fact.state == ResourceState::failed) {
      fact.failure = static_cast<Failure>(random_.between(1, 4));
      fact.may_run = fact.failure == Failure::stop || random_.chance(30);
    }
    const NodeId where = node();
    play_.tell(where, resource(), fact);
  }

  void one() {
    const std::int64_t what = random_.between(0, 9);
    if (what <= 1)
      view();
    else if (what <= 4 && !play_.pending.empty())
      finish();
    else if (what == 5)
      wild_fact();
    else if (what == 6)
      play_.apply(TimerFired{{static_cast<TimerKind>(random_.between(0, 1)), node()}});
    else
      ask();
    EXPECT_TRUE(play_.same_twice);
    EXPECT_FALSE(play_.state.frozen) << play_.decisions.back().reason.text;
  }

  void finish() {
    play_.failing.clear();
    if (random_.chance(30)) {
      const RunOperation& op = play_.pending.front();
      play_.failing.insert(std::string(op.kind == OperationKind::start ? "start " : "stop ") + op.resource.value +
                           " on " + play_.state.config->name_of(op.node));
    }
    play_.finish_one();
  }

  void ask() {
    Request request{{node(), 1, ++number_}, static_cast<RequestKind>(random_.between(0, 2)), resource(), {}, {}};
    if (random_.chance(70)) request.node = node();
    if (random_.chance(20)) request.force = Force::yes;
    play_.facts[request.id.origin].requests[request.id] = request;
    play_.apply(Requested{request});
  }

  Random random_;
  std::uint32_t nodes_ = 0;
  std::int64_t resources_ = 0;
  std::uint64_t number_ = 0;
  Play play_;
};

TEST(CoreRandom, NoOrderOfEventsBreaksAnInvariant) {
  for (std::uint64_t seed = 1; seed <= 1000 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomEvents(seed).run(120);
  }
}

}  // namespace
}  // namespace holdfast::core
