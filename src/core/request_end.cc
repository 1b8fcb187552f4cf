// How a request stands, and its one answer when its end is known (O2, S4).
#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/moves.h"
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

/// The resources whose state tells the end of a request.
std::vector<ResourceName> scope_of(const ClusterState& state, const PendingRequest& pending,
                                   const Hierarchy& hierarchy) {
  if (pending.request.kind == RequestKind::start) return with_dependencies(*state.config, pending.request.resource);
  const std::vector<ResourceName> wanted = wanted_of(state, hierarchy);
  return wanted.empty() ? std::vector{pending.request.resource} : wanted;
}

/// How a start or move stands: nothing while it goes on.
End start_ended(const ClusterState& state, const PendingRequest& pending, const Hierarchy& hierarchy) {
  const std::vector<ResourceName> resources = scope_of(state, pending, hierarchy);
  const NodeId target = *pending.target;
  const std::string where = state.config->name_of(target);
  if (End end = stop_failure_among(state, hierarchy.resources, target)) return end;
  bool all_run = true;
  for (const ResourceName& name : resources) {
    const ResourceFact& fact = fact_of(state, target, name);
    const bool wanted = wanted_on(state, name) == target;
    if (fact.state == ResourceState::in_service && wanted) continue;
    all_run = false;
    if (fact.state == ResourceState::failed && fact.for_version == attempt_of(state, name))
      return std::pair(AnswerKind::failed, format("{} did not start on {}: {}", name.value, where, fact.cause));
    if (!wanted)
      return std::pair(AnswerKind::failed,
                       format("{} is no longer wanted on {}: something newer came between", name.value, where));
    if (!is_member(state, target))
      return std::pair(AnswerKind::failed, format("{}: {}", where, words(standing_of(state, target))));
  }
  if (!all_run) return std::nullopt;
  return std::pair(AnswerKind::done, format("{} is in service on {}", pending.request.resource.value, where));
}

End stop_ended(const ClusterState& state, const PendingRequest& pending, const Hierarchy& hierarchy) {
  const ResourceName& asked = pending.request.resource;
  const Intent& intent = intent_of(state, hierarchy);
  bool all_stopped = true;
  for (const ResourceName& name : with_dependents(*state.config, *state.hierarchies, asked))
    for (const NodeId node : places_of(state, name)) {
      if (pending.request.node && node != *pending.request.node) continue;
      const ResourceFact& fact = fact_of(state, node, name);
      const auto stops = intent.stops.find(name);
      const bool ordered = stops != intent.stops.end() && stops->second.contains(node);
      if (!is_gone(state, node) && fact.failure == Failure::stop && !ordered)
        return std::pair(AnswerKind::failed,
                         format("{} did not stop on {}: {}", name.value, state.config->name_of(node), fact.cause));
      if (intent.version > pending.version && wanted_on(state, name) == node)
        return std::pair(AnswerKind::failed, format("{} is wanted on {} again: something newer came between",
                                                    name.value, state.config->name_of(node)));
      all_stopped = all_stopped && !ordered && !(is_member(state, node) && holds(fact.state));
    }
  if (!all_stopped) return std::nullopt;
  return std::pair(AnswerKind::done,
                   format("{} is out of service{}", asked.value,
                          pending.request.node ? " on " + state.config->name_of(*pending.request.node) : ""));
}

/// O4: a node has left when nothing runs there any more.
End leave_ended(const ClusterState& state, const PendingRequest& pending) {
  const NodeId node = *pending.target;
  const std::string name = state.config->name_of(node);
  if (pending.request.mode == LeaveMode::keep_resources)
    return std::pair(AnswerKind::done, format("{} leaves, its resources stay as they are", name));
  bool something_runs = false;
  for (const Hierarchy& hierarchy : state.hierarchies->all) {
    if (in_maintenance(state, hierarchy)) continue;
    for (const ResourceName& resource : hierarchy.resources) {
      const ResourceFact& fact = fact_of(state, node, resource);
      const auto& stops = intent_of(state, hierarchy).stops;
      const auto ordered = stops.find(resource);
      if (fact.failure == Failure::stop && (ordered == stops.end() || !ordered->second.contains(node)))
        return std::pair(AnswerKind::failed,
                         format("{} stays: {} did not stop there ({})", name, resource.value, fact.cause));
      something_runs = something_runs || holds(fact.state) || fact.may_run;
    }
  }
  if (something_runs) return std::nullopt;
  return std::pair(AnswerKind::done, format("{} leaves, nothing is in service there", name));
}

}  // namespace

void follow_up(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  const std::map<RequestId, PendingRequest> open = state.requests;
  for (const auto& [id, pending] : open) {
    if (hierarchy_of(state, pending.request.resource) != &hierarchy) continue;
    const auto end = pending.request.kind == RequestKind::stop ? stop_ended(state, pending, hierarchy)
                                                               : start_ended(state, pending, hierarchy);
    if (end) answer(state, outcome, id, end->first, end->second);
  }
}

bool follow_up_nodes(ClusterState& state, Outcome& outcome) {
  const std::map<RequestId, PendingRequest> open = state.requests;
  bool stays = false;
  for (const auto& [id, pending] : open) {
    if (pending.request.kind != RequestKind::leave || pending.answered || !pending.target) continue;
    const End end = leave_ended(state, pending);
    if (!end) continue;
    answer(state, outcome, id, end->first, end->second);
    if (end->first != AnswerKind::done) {
      stays = true;
      continue;
    }
    state.requests[id] = pending;  // until it is gone, nothing is to be started there
    state.requests[id].answered = true;
  }
  return stays;
}

}  // namespace holdfast::core
