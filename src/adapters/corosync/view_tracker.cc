#include "adapters/corosync/view_tracker.h"

#include <algorithm>

namespace holdfast::corosync {

ViewTracker::Update ViewTracker::group_changed(const std::vector<EngineMember>& members,
                                               const std::vector<Departure>& departed) {
  const bool were_in = std::binary_search(daemons_.begin(), daemons_.end(), self_);
  daemons_ = members;
  std::sort(daemons_.begin(), daemons_.end());
  for (const Departure& departure : departed)
    if (departure.reason == LeaveReason::node_left_ring) nodes_.erase(departure.member.node);
  // A member's node is in the ring, though the ring's own callback is still to come.
  for (const EngineMember& member : daemons_) nodes_.insert(member.node);
  if (were_in && !std::binary_search(daemons_.begin(), daemons_.end(), self_)) return {std::nullopt, true};
  return report();
}

ViewTracker::Update ViewTracker::ring_changed(const std::vector<NodeId>& nodes) {
  nodes_ = std::set<NodeId>(nodes.begin(), nodes.end());
  ring_known_ = true;
  return report();
}

ViewTracker::Update ViewTracker::report() {
  if (!ring_known_ || !std::binary_search(daemons_.begin(), daemons_.end(), self_)) return {};
  EngineView view{daemons_, {nodes_.begin(), nodes_.end()}};
  if (view == told_) return {};
  told_ = view;
  return {std::move(view), false};
}

}  // namespace holdfast::corosync
