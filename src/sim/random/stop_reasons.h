// Which stops the contract allows: an operator's, or those that follow from what happened to this very hierarchy. A
// node's failure is never among the reasons (N3), nor what fails in another hierarchy (F2).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "model/state.h"
#include "sim/random/in_force.h"

namespace holdfast::sim {

class StopReasons {
 public:
  /// Asked of a node that decides by these hierarchies, or may be handed on to one.
  void on_request(const Request& request, const Hierarchies& hierarchies);
  /// `node` decides by another configuration from here on: `state.config`.
  void on_configuration(NodeId node, const ClusterState& state);
  /// While its disk takes nothing, a node may forget that a failure is past; who was away then still knows of it.
  void on_disk(NodeId node, bool works);
  /// `node` took this event in; `state` is what it knows since.
  void on_event(NodeId node, const Event& event, const ClusterState& state);
  /// A start that `node` itself shall carry out: what failed there before is past.
  void on_start(const RunOperation& start);

  /// What is wrong with this stop (or local recovery), which its own node decides; nothing if it is right.
  std::optional<std::string> against(const RunOperation& action, const ClusterState& state);

 private:
  using Place = std::pair<NodeId, ResourceName>;

  void inherit(const ClusterConfig& before);
  void note_fact(NodeId node, NodeId teller, const ResourceName& resource, const ResourceFact& fact);
  void note_twice(const ResourceName& resource, const ClusterState& state);
  void is_past(const Place& failure);
  bool failed_in(const std::vector<ResourceName>& hierarchy, NodeId node) const;
  bool ran_twice_below(const RunOperation& stop, const ClusterState& state) const;

  std::map<NodeId, std::shared_ptr<const ClusterConfig>> configs_;  ///< by which each node decides
  std::set<Place> failed_;       ///< told failed, and neither in service nor started since
  std::set<Place> twice_;        ///< were told in service there and on another member of one view
  std::set<Place> inherited_;    ///< were joined to something that failed there, before a live change (O7)
  HierarchyMarks asked_;         ///< an operator asked to start, stop, move or resolve something of them
  std::set<Place> begun_;        ///< their hierarchies began to stop there (F3, S2, O3): all of it may, to the end
  std::set<NodeId> leaving_;     ///< nodes that an operator asked to leave
  bool windows_before_ = false;  ///< what was ordered then may stop later, as after maintenance (B5, O5, O7)
  std::set<NodeId> forgetful_;   ///< whose disk takes nothing
  std::set<Place> unforgotten_;  ///< failures whose end may have been forgotten
};

}  // namespace holdfast::sim
