#include "runtime/membership.h"

#include <algorithm>

namespace holdfast::runtime {

bool Membership::take(const EngineView& view) {
  std::vector<wire::SyncMember> daemons;
  for (const EngineMember& member : view.daemons) {
    if (!daemons.empty() && daemons.back().node == member.node)
      daemons.back().process = std::max(daemons.back().process, member.process);
    else
      daemons.push_back({member.node, member.process});
  }
  std::set<NodeId> daemonless(view.nodes.begin(), view.nodes.end());
  for (const wire::SyncMember& member : daemons) {
    daemonless.erase(member.node);
    seen_.insert(member.node);
  }
  seen_.insert(view.nodes.begin(), view.nodes.end());
  const bool changed = fresh_ || daemons != daemons_ || daemonless != daemonless_;
  daemons_ = std::move(daemons);
  daemonless_ = std::move(daemonless);
  engines_ = view.nodes;
  fresh_ = false;
  return changed;
}

void Membership::forget_view() {
  daemons_.clear();
  engines_.clear();
  daemonless_.clear();
  fresh_ = true;
}

std::vector<NodeId> Membership::nodes() const {
  std::vector<NodeId> result;
  for (const wire::SyncMember& member : daemons_) result.push_back(member.node);
  return result;
}

std::optional<NodeId> Membership::lowest() const {
  return daemons_.empty() ? std::nullopt : std::optional(daemons_.front().node);
}

bool Membership::has(NodeId node) const {
  return std::any_of(daemons_.begin(), daemons_.end(), [&](const wire::SyncMember& m) { return m.node == node; });
}

bool Membership::speaks(EngineMember member) const {
  return std::any_of(daemons_.begin(), daemons_.end(),
                     [&](const wire::SyncMember& m) { return m.node == member.node && m.process == member.process; });
}

std::size_t Membership::rank(NodeId node) const {
  return static_cast<std::size_t>(
      std::count_if(daemons_.begin(), daemons_.end(), [&](const wire::SyncMember& m) { return m.node < node; }));
}

void Membership::are_members(const std::vector<NodeId>& members) {
  for (const NodeId member : members) goodbyes_.erase(member);
}

std::vector<AbsentNode> Membership::absent(const ClusterConfig& config) const {
  std::vector<AbsentNode> result;
  for (const NodeConfig& node : config.nodes) {
    if (has(node.id)) continue;
    Absence why = seen_.contains(node.id) ? Absence::no_answer : Absence::never_seen;
    if (goodbyes_.contains(node.id))
      why = Absence::left_in_order;  // N5
    else if (daemonless_.contains(node.id))
      why = Absence::daemon_dead;  // N7
    result.push_back({node.id, why});
  }
  return result;
}

}  // namespace holdfast::runtime
