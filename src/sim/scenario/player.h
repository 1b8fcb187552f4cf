// Plays a scenario: does what its lines say to a simulated world, and checks what they expect.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/record.h"
#include "sim/scenario/scenario.h"
#include "sim/story.h"

namespace holdfast::sim {

/// Watches a run and may end it.
class Judge {
 public:
  virtual ~Judge() = default;
  virtual std::optional<std::string> verdict() const = 0;
};

class Player {
 public:
  struct Options {
    bool keep_record = true;  ///< without it, `expect` lines are refused, and a run is faster
    bool keep_story = true;
    bool keep_journals = false;
    Story::Print print = Story::Print::no;
    Micros stable_limit{600000000};  ///< of `run until stable`
  };

  /// `scenario` must outlive it.
  Player(const Scenario& scenario, Options options);

  World& world() { return *world_; }
  /// The run ends with its first verdict. `judge` must outlive the player's play().
  void judged_by(const Judge& judge) { judge_ = &judge; }
  /// The cluster comes to rest as it begins; play() does it if it was not done.
  std::optional<std::string> begin();
  /// All lines up to the end or the first failure: `line N: ...`.
  std::optional<std::string> play();
  /// What the story below `----` says otherwise than this run; or nothing.
  std::optional<std::string> story_difference() const;
  const std::vector<std::string>& story() const;

 private:
  using Failure = std::optional<std::string>;
  Failure carry_out(const Statement& s);
  void act(const Statement& s);
  Failure judged(Failure failed) const;
  void ask(const Statement& s);
  void harm_node(const Statement& s);
  void change_network(const Statement& s);
  void change_guard(const Statement& s);
  void change_service(const Statement& s);
  Failure run_for(Micros time);
  Failure run_until_stable();
  Failure check(const Statement& s);
  Failure check_state(const Statement& s);
  Failure check_elsewhere(const Statement& s);
  Failure check_guard(const Statement& s) const;
  Failure check_node(const Statement& s);
  Failure check_log(const Statement& s) const;
  Failure check_operation(const Statement& s) const;
  Failure check_answer(const Statement& s) const;
  Failure check_at_end(const Statement& s) const;
  std::string state_of(const ResourceName& resource, NodeId node) const;
  std::string name(NodeId node) const { return world_->config().name_of(node); }

  const Scenario& scenario_;
  Options options_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Record> record_;
  std::unique_ptr<Story> story_;
  const Judge* judge_ = nullptr;
  bool begun_ = false;
  Instant last_command_;
  Instant last_fault_;
  std::vector<NodeId> expected_on_;  ///< of the last expectation of a state
};

}  // namespace holdfast::sim
