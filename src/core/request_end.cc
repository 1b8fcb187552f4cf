// How a request stands, and its one answer when its end is known (O2, S4).
#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/report.h"
#include "core/requests.h"

namespace holdfast::core {

namespace {

using End = std::optional<std::pair<AnswerKind, std::string>>;

/// F4: the end of a move whose stop failed, whatever became of the rest.
End stop_failure_among(const ClusterState& state, const std::vector<ResourceName>& resources, NodeId target) {
  for (const ResourceName& name : resources)
    for (const NodeId node : holders(state, name, target))
      if (const ResourceFact& fact = fact_of(state, node, name); fact.failure == Failure::stop)
        return std::pair(AnswerKind::failed,
                         format("{} did not stop on {}: {}", name.value, state.config->name_of(node), fact.cause));
  return std::nullopt;
}

/// How a start or move stands: nothing while it goes on.
End start_ended(const ClusterState& state, const PendingRequest& pending, const std::vector<ResourceName>& resources) {
  const NodeId target = *pending.target;
  const std::string where = state.config->name_of(target);
  if (End end = stop_failure_among(state, resources, target)) return end;
  bool all_run = true;
  for (const ResourceName& name : resources) {
    const Intent& intent = intent_of(state, name);
    const ResourceFact& fact = fact_of(state, target, name);
    if (fact.state == ResourceState::in_service && intent.wanted_on == target) continue;
    all_run = false;
    if (fact.state == ResourceState::failed && fact.for_version == intent.version)
      return std::pair(AnswerKind::failed, format("{} did not start on {}: {}", name.value, where, fact.cause));
    if (intent.wanted_on != target)
      return std::pair(AnswerKind::failed,
                       format("{} is no longer wanted on {}: something newer came between", name.value, where));
    if (!is_member(state, target))
      return std::pair(AnswerKind::failed, format("{}: {}", where, words(standing_of(state, target))));
  }
  if (!all_run) return std::nullopt;
  return std::pair(AnswerKind::done, format("{} is in service on {}", pending.request.resource.value, where));
}

End stop_ended(const ClusterState& state, const PendingRequest& pending) {
  const ResourceName& asked = pending.request.resource;
  bool all_stopped = true;
  for (const ResourceName& name : with_dependents(*state.config, *state.hierarchies, asked))
    for (const NodeId node : state.config->resources.at(name).nodes) {
      if (pending.request.node && node != *pending.request.node) continue;
      const ResourceFact& fact = fact_of(state, node, name);
      if (may_live(state, node) && fact.failure == Failure::stop && !intent_of(state, name).stop_on.contains(node))
        return std::pair(AnswerKind::failed,
                         format("{} did not stop on {}: {}", name.value, state.config->name_of(node), fact.cause));
      if (intent_of(state, name).version > pending.version && intent_of(state, name).wanted_on == node)
        return std::pair(AnswerKind::failed, format("{} is wanted on {} again: something newer came between",
                                                    name.value, state.config->name_of(node)));
      all_stopped = all_stopped && !intent_of(state, name).stop_on.contains(node) &&
                    !(is_member(state, node) && holds(fact.state));
    }
  if (!all_stopped) return std::nullopt;
  return std::pair(AnswerKind::done,
                   format("{} is out of service{}", asked.value,
                          pending.request.node ? " on " + state.config->name_of(*pending.request.node) : ""));
}

/// The resources whose state tells the end of a request.
std::vector<ResourceName> scope_of(const ClusterState& state, const PendingRequest& pending,
                                   const Hierarchy& hierarchy) {
  if (pending.request.kind == RequestKind::start) return with_dependencies(*state.config, pending.request.resource);
  std::vector<ResourceName> moved;
  for (const ResourceName& name : hierarchy.resources) {
    const Intent& intent = intent_of(state, name);
    const bool touched = intent.version >= pending.version;
    if (touched && (intent.wanted_on || intent.cause == IntentCause::operator_request)) moved.push_back(name);
  }
  return moved.empty() ? std::vector{pending.request.resource} : moved;
}

}  // namespace

void follow_up(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  const std::map<RequestId, PendingRequest> open = state.requests;
  for (const auto& [id, pending] : open) {
    if (std::find(hierarchy.resources.begin(), hierarchy.resources.end(), pending.request.resource) ==
        hierarchy.resources.end())
      continue;
    const auto end = pending.request.kind == RequestKind::stop
                         ? stop_ended(state, pending)
                         : start_ended(state, pending, scope_of(state, pending, hierarchy));
    if (end) answer(state, outcome, id, end->first, end->second);
  }
}

}  // namespace holdfast::core
