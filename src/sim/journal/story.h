// A replayed journal as lines to read: in the words of `holdfast-sim run --trace`, what is the same on several nodes
// told once.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/step_story.h"
#include "wire/journal.h"

namespace holdfast::sim {

/// "2026-01-31T23:59:58.123Z".
std::string shown(WallTime time);

class JournalStory {
 public:
  /// All nodes' steps, each node's in their order.
  void take(const wire::JournalStep& step, const Outcome& outcome, const ClusterState& state);

  /// By cluster time.
  std::vector<std::string> lines() const;

 private:
  struct Line {
    WallTime at;
    std::string node;
    std::string text;
  };
  void tell(const ClusterState& state, NodeId node, const std::string& text);

  std::vector<Line> lines_;
  std::set<wire::JournalPosition> told_;
  LinkLines links_;
};

}  // namespace holdfast::sim
