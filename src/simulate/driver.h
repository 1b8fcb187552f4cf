// A light driver of the core: one state per side of the cluster, views and results of operations after their time. No
// messages, no engines, no monitors: what they cost is in the detection times. A plain value: a copy goes on from
// there. Cross-checked against the whole simulated cluster (sim/world.h) by a test.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "sim/network.h"
#include "simulate/fault.h"
#include "simulate/present.h"

namespace holdfast::simulate {

struct StoryLine {
  Micros at{0};
  NodeId node;  ///< 0: none in particular
  ResourceName resource;
  std::string rule;  ///< empty: a plain happening
  std::string text;
  Severity severity = Severity::info;
};

/// One resource, from the first fault on.
struct ResourceRun {
  bool was_in_service = false;  ///< at the beginning; outages are only counted for these
  std::uint64_t runs = 0;       ///< bit n - 1: it runs on node n
  Micros down_since{-1};        ///< -1: it runs
  Micros longest{0};            ///< of the outages that ended
  bool twice = false;           ///< it ran on two nodes at once

  bool never_comes_back() const { return was_in_service && runs == 0; }
};

class Driver {
 public:
  enum class Story : std::uint8_t { none, kept };
  /// `present` must outlive the driver.
  Driver(const Present& present, Case which, Story story = Story::none);

  void inject(const Fault& fault);
  /// Until nothing is due any more, or the time; true if nothing is due any more.
  bool run_until(Micros time);
  bool run_to_rest() { return run_until(horizon); }

  Micros now() const { return now_; }
  /// The present was not at rest: operations were under way.
  bool was_under_way() const { return under_way_; }
  /// Of the first fault, if it is injected at once.
  Micros begun_at() const { return begun_at_; }
  /// When something last changed.
  Micros last_change() const { return last_change_; }
  const std::vector<ResourceRun>& resources() const { return resources_; }  ///< in the order of the configuration
  const std::vector<StoryLine>& story() const { return story_; }
  const std::vector<ResourceName>& names() const { return names_; }
  bool alive(NodeId node) const { return machines_[node.value - 1].alive; }
  /// The state of each side with living members.
  std::vector<const ClusterState*> sides() const;

  static constexpr Micros horizon{7'200'000'000};

 private:
  enum class What : std::uint8_t { operation, timer, view, failure, fence, witness, death };
  struct Due {
    What what = What::timer;
    NodeId node;
    std::size_t place = 0;   ///< of a resource in `names_`, or of a side
    std::uint64_t life = 0;  ///< of a side's view or a node: an older one counts no more
    RunOperation operation = {};
    TimerId timer = {};
    FenceNode fence = {};
  };
  struct Side {
    ClusterState state;
    std::uint64_t views = 0;
    bool frozen = false;  ///< a new view is forming: nothing is heard
    std::vector<Event> waiting;
    std::map<TimerId, std::uint64_t> timers;  ///< running: by their last setting
  };
  struct Machine {
    bool alive = false;
    std::size_t side = 0;
    Micros died{-1};
  };

  void due_at(Micros when, Due due) { queue_.emplace(std::pair{when, ++order_}, std::move(due)); }
  void carry_out(const Due& due);
  void tell(std::size_t side, const Event& event);
  void carry_out(std::size_t side, const Action& action);
  void begin(const RunOperation& operation);
  void end(const RunOperation& operation);
  Failure failure_of(const RunOperation& operation, std::string& why) const;
  void tell_fact(NodeId node, const ResourceName& resource, ResourceFact fact);
  void tell_failure(NodeId node, std::size_t place);
  void set_running(std::size_t place, NodeId node, bool running);
  void take_up();
  bool serves(NodeId node) const;
  void kill(NodeId node, const char* why);
  void end_fence(const FenceNode& fence);
  void note_network();
  void reach_changed();
  void form_views(std::size_t side);
  void form_view(std::size_t side, const std::vector<NodeId>& members);
  std::vector<std::vector<NodeId>> groups_of(std::size_t side) const;
  void ask_witnesses(std::size_t side, Micros after);
  WitnessFact witness_of(std::size_t side, NodeId node) const;
  void run_out_watchdogs(std::size_t side);
  NodeFacts& facts_of(NodeId node) { return sides_[side_of(node)].state.nodes[node].facts; }
  std::size_t side_of(NodeId node) const { return machines_[node.value - 1].side; }
  std::size_t place_of(const ResourceName& name) const;
  void say(NodeId node, const ResourceName& resource, std::string rule, std::string text, Severity severity);
  WallTime wall() const { return WallTime{begin_.millis + now_.count() / 1000}; }

  const Present* present_;
  Case case_;
  bool keep_story_;
  WallTime begin_;
  Micros now_{0};
  Micros begun_at_{0};
  Micros last_change_{0};
  bool under_way_ = false;
  std::uint64_t order_ = 0;
  std::map<std::pair<Micros, std::uint64_t>, Due> queue_;
  std::vector<Side> sides_;
  std::vector<Machine> machines_;
  sim::Network network_;
  std::vector<std::uint64_t> hears_;  ///< of network_: bit m - 1 of node n: they are connected
  std::vector<ResourceName> names_;
  std::vector<ResourceRun> resources_;
  std::set<std::tuple<NodeId, std::size_t, OperationKind>> broken_;  ///< operations that fail there
  std::set<OperationId> fencing_;
  std::vector<StoryLine> story_;
};

}  // namespace holdfast::simulate
