// Who is in the process group, and why the others are not, as this node knows it. Pure: no I/O, no clock.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "model/config.h"
#include "ports/engine.h"
#include "wire/message.h"

namespace holdfast::runtime {

class Membership {
 public:
  /// Takes a view of the engine. True if it needs a sync: other daemons, or a daemon-less engine came or went (N7).
  bool take(const EngineView& view);
  /// The engine was lost: the next view needs a sync, whatever it is.
  void forget_view();

  /// One per node, ascending; of two daemons of one node the one with the greater process counts (trap 17).
  const std::vector<wire::SyncMember>& daemons() const { return daemons_; }
  std::vector<NodeId> nodes() const;
  /// The leader of a sync; none if not connected.
  std::optional<NodeId> lowest() const;
  bool has(NodeId node) const;
  /// True if this daemon speaks for its node: false for an older life of it.
  bool speaks(EngineMember member) const;
  /// 0 for the lowest.
  std::size_t rank(NodeId node) const;

  /// `node` leaves in order (N5). Remembered until it is a member of a synced view again.
  void said_goodbye(NodeId node) { goodbyes_.insert(node); }
  /// It is configured and has not come yet: until it does it is away in order, not lost.
  void has_not_come(NodeId node) {
    if (!seen_.contains(node)) goodbyes_.insert(node);
  }
  void are_members(const std::vector<NodeId>& members);

  /// Every configured node that has no daemon in the group, ascending, with the cause as this node knows it.
  std::vector<AbsentNode> absent(const ClusterConfig& config) const;

 private:
  std::vector<wire::SyncMember> daemons_;
  std::vector<NodeId> engines_;
  std::set<NodeId> daemonless_;
  std::set<NodeId> seen_;  ///< in this life
  std::set<NodeId> goodbyes_;
  bool fresh_ = true;
};

}  // namespace holdfast::runtime
