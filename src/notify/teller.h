// Who tells what (V5). Every member of a view derives the same notifications from the same steps; one of them tells
// them: the lowest that was there before the view (settled), else the lowest. So each is told once in a view, by one
// node, and mails of one event are one mail; both sides of a split tell what they see.
//
// A teller that is lost may not have told its last ones: who tells after it repeats what is younger than `doubt`.
// Better twice than never.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "notify/findings.h"
#include "notify/moves.h"
#include "notify/paths.h"

namespace holdfast::notify {

class Teller {
 public:
  explicit Teller(NodeId self) : self_(self) {}

  /// After every step of the core: what this node has to tell now, in order. Pure but for what it remembers.
  std::vector<Notification> take(const Event& event, const Outcome& outcome, const ClusterState& state);

  /// This node is about to leave in order. None if others are there, who will say so.
  std::optional<Notification> leave(const ClusterState& state) const;

  /// Of the present view; none before the first one.
  std::optional<NodeId> teller() const { return teller_; }

  static constexpr std::int64_t doubt = 15'000;  ///< ms before the loss of a teller was seen

 private:
  void take_view(const ViewSynced& view, const ClusterState& state, std::vector<Notification>& told);

  NodeId self_;
  Findings findings_;
  Moves moves_;
  Paths paths_;
  std::optional<NodeId> teller_;
  std::deque<Notification> recent_;  ///< told by another node, younger than `doubt`
};

}  // namespace holdfast::notify
