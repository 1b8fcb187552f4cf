// What began and must be told when it ends: takeovers, failovers, switchovers, local recoveries.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "model/notification.h"
#include "model/state.h"

namespace holdfast::notify {

class Moves {
 public:
  /// After each step.
  std::vector<Notification> take(const Event& event, const Outcome& outcome, const ClusterState& state);

 private:
  enum class Why : std::uint8_t { takeover, failover, switchover };
  struct Move {
    Why why = Why::takeover;
    NodeId from;  ///< takeover: the lost node; else 0
    NodeId to;
    std::set<ResourceName> resources;
    std::vector<std::string> lines;
  };
  /// Of a takeover from one lost node: what has ended while other hierarchies are still under way.
  struct Ended {
    WallTime since;
    std::map<NodeId, std::set<ResourceName>> done;  ///< by where it is in service now
    std::set<ResourceName> failed;
    std::vector<std::string> lines;
  };
  using Told = std::vector<Notification>;

  void begin(const Outcome& outcome, const ClusterState& state, Told& told);
  void follow(const Outcome& outcome, const ClusterState& state, Told& told);
  void end(const ClusterState& state, const Move& move, const std::string& failure, Told& told);
  void end_takeovers(const ClusterState& state, Told& told);
  void follow_requests(const Outcome& outcome, const ClusterState& state, Told& told);
  void follow_recoveries(const Event& event, const Outcome& outcome, const ClusterState& state, Told& told);

  std::map<ResourceName, Move> moves_;  ///< by Hierarchy::key
  std::map<NodeId, Ended> ended_;       ///< by lost node
  std::map<RequestId, Request> asked_;  ///< operators' moves
  std::map<ResourceName, NodeId> recovering_;
};

}  // namespace holdfast::notify
