#include "simulate/alike.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"

namespace holdfast::simulate {

namespace {

/// In service at home, whole, and nothing else to remember. What is not so is like nothing else.
bool is_plain(const Present& part, const Hierarchy& hierarchy) {
  const Intent& intent = core::intent_of(part.state, hierarchy);
  if (!core::is_whole(part.state, hierarchy) || intent.wanted.size() != hierarchy.resources.size()) return false;
  if (intent.forced || intent.held || intent.going_home || !intent.tried.empty() || !intent.moves.empty() ||
      !intent.recoveries.empty() || core::in_maintenance(part.state, hierarchy) || !part.state.requests.empty())
    return false;
  for (const auto& [id, node] : part.state.nodes)
    for (const auto& [name, fact] : node.facts.resources)
      if (id != intent.home && (holds(fact.state) || fact.may_run || fact.state == ResourceState::failed)) return false;
  return true;
}

std::string shape_of(const ResourceConfig& r, const Durations& durations, const Hierarchy& hierarchy) {
  std::string text =
      format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", r.agent == "ip" || r.agent == "process" ? r.agent : "other",
             r.agent == "replication", r.monitor_interval.count(), r.timeouts.monitor.count(), r.policy.local_recovery,
             r.policy.failover, r.policy.notify_only, static_cast<int>(r.switchback), r.recovery_limit.count,
             static_cast<int>(r.on_start_failure), static_cast<int>(r.on_stop_failure));
  for (const OperationKind kind : {OperationKind::start, OperationKind::stop, OperationKind::recover})
    text += format("|{}", durations.of(r.name, kind).median.count());
  for (const ResourceName& below : r.depends_on)
    text += format(
        ">{}", std::find(hierarchy.resources.begin(), hierarchy.resources.end(), below) - hierarchy.resources.begin());
  return text;
}

bool names(const Fault& fault, NodeId node) {
  return std::find(fault.nodes.begin(), fault.nodes.end(), node) != fault.nodes.end();
}

}  // namespace

Likeness::Likeness(const Present& part) : part_(part), hierarchy_(part.state.hierarchies->all.front()) {
  if (!is_plain(part, hierarchy_)) {
    shape_ = "only " + hierarchy_.key.value;
    return;
  }
  shape_ = format("{}", static_cast<int>(core::intent_of(part.state, hierarchy_).cause));
  for (const ResourceName& name : hierarchy_.resources) {
    const auto& all = part.config->resources;
    shape_ += format("/{}", std::distance(all.begin(), all.find(name)));  // damage is known by this order
    shape_ += shape_of(part.config->resources.at(name), part.durations, hierarchy_);
  }
}

/// What a node is for these faults, and how it is configured and stands.
std::string Likeness::role_of(NodeId node, const Fault& first, const Fault& second) const {
  const NodeConfig& n = *part_.config->node(node);
  const NodeState& state = part_.state.nodes.at(node);
  return format("{}{}{}{}{}{}{}{}{}{}{}", names(first, node) ? 'A' : '-', names(second, node) ? 'B' : '-',
                core::intent_of(part_.state, hierarchy_).home == node ? 'H' : '-', n.fence.size(), n.confirm_failover,
                n.block_resource_failover, n.policy.local_recovery, n.policy.failover, n.policy.notify_only,
                static_cast<int>(state.standing), core::in_maintenance(part_.state, node));
}

std::string Likeness::place_of(const Fault& fault) const {
  const auto& all = hierarchy_.resources;
  return format("{}", std::find(all.begin(), all.end(), fault.resource) - all.begin());
}

std::string Likeness::under(const Fault& first, const Fault& second) const {
  // Nodes that no fault names are used up by failing resources only.
  const int used =
      1 + (first.kind == FaultKind::resource_fails ? 1 : 0) + (second.kind == FaultKind::resource_fails ? 1 : 0);
  std::string text = format("{}#{}#{}", shape_, place_of(first), place_of(second));
  for (const ResourceName& name : hierarchy_.resources) {
    text += "#";
    std::string last;
    int alike = 0;
    for (const NodeId node : part_.config->resources.at(name).nodes) {
      std::string role = role_of(node, first, second);
      alike = role == last ? alike + 1 : 1;
      if (alike <= used) text += role + ",";
      last = std::move(role);
    }
  }
  return text;
}

}  // namespace holdfast::simulate
