#include "sim/random/limits.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "model/names.h"
#include "sim/random/in_force.h"

namespace holdfast::sim {

namespace {

// docs/messages.md
constexpr std::uint32_t failover_decided = 4025;
constexpr std::uint32_t switchback_decided = 4035;

/// Adds `now`; how many of them lie within `window`.
std::size_t count_within(std::vector<WallTime>& times, WallTime now, Millis window) {
  std::erase_if(times, [&](const WallTime& at) { return now.millis - at.millis >= window.count(); });
  times.push_back(now);
  return times.size();
}

}  // namespace

/// An operator's word (F7, O6), also a refused one.
void Limits::begin_anew(Seen& seen, const Request& request) {
  const auto of = seen.hierarchies->of.find(request.resource);
  if (of == seen.hierarchies->of.end()) return;
  const Hierarchy& hierarchy = seen.hierarchies->all[of->second];
  seen.moves.erase(hierarchy.key);
  for (const ResourceName& name : hierarchy.resources) seen.recoveries.erase(name);
}

/// O7: each part of a hierarchy has moved as often as the whole. Of what is joined anew the contract does not say how
/// often it moved; nor is it known here what a node brings along that was `offered` the configuration of the others.
void Limits::note_configuration(Seen& seen, const ClusterState& state, bool offered) {
  const auto before = std::exchange(seen.hierarchies, state.hierarchies);
  seen.switchback_delay =
      before ? std::min(seen.switchback_delay, state.config->switchback_delay) : state.config->switchback_delay;
  if (!before || before == state.hierarchies) return;
  if (offered) return seen.forget();
  const auto moves = std::exchange(seen.moves, {});
  for (const Hierarchy& hierarchy : state.hierarchies->all) {
    const auto old = before->of.find(hierarchy.key);
    const bool part =
        std::all_of(hierarchy.resources.begin(), hierarchy.resources.end(), [&](const ResourceName& name) {
          const auto of = before->of.find(name);
          return of != before->of.end() && old != before->of.end() && of->second == old->second;
        });
    const auto known = part ? moves.find(before->all[old->second].key) : moves.end();
    if (known != moves.end()) seen.moves[hierarchy.key] = known->second;
  }
  std::erase_if(seen.recoveries, [&](const auto& entry) { return !state.hierarchies->of.contains(entry.first); });
}

void Limits::note(NodeId node, Seen& seen, Instant now, const Event& event) const {
  if (const auto* asked = std::get_if<Requested>(&event)) begin_anew(seen, asked->request);
  const auto* view = std::get_if<ViewSynced>(&event);
  if (view == nullptr) return;
  for (const MemberReport& report : view->reports)  // asked in the view before, and taken up anew
    for (const auto& [id, request] : report.own.requests) begin_anew(seen, request);
  // What one of them counted or was asked without this node is not known here. One that stood still may not know either
  // that there was a view without it.
  const Epoch before = seen.epoch;
  const auto came_along = [&](NodeId member) {
    const auto other = seen_.find(member);
    if (other == seen_.end()) return false;
    return (other->second.epoch == view->epoch ? other->second.epoch_before : other->second.epoch) == before;
  };
  seen.epoch = view->epoch;
  seen.epoch_before = before;
  if (!std::all_of(view->members.begin(), view->members.end(), came_along)) seen.forget();
  seen.leads = view->members.front() == node;
  seen.view_since = now;
}

Limits::Broken Limits::on_step(NodeId node, Instant now, const Event& event, const Outcome& outcome,
                               const ClusterState& state) {
  Seen& seen = seen_[node];
  note_configuration(seen, state, std::holds_alternative<ViewSynced>(event));
  note(node, seen, now, event);
  if (std::holds_alternative<ViewSynced>(event)) seen.switchback_delay = state.config->switchback_delay;
  for (const Action& action : outcome.actions)
    if (Broken broken = check(seen, action, outcome, state)) return broken;
  for (const Decision& decision : outcome.decisions)
    if (Broken broken = check_decision(seen, decision, now, state)) return broken;
  return std::nullopt;
}

Limits::Broken Limits::check(Seen& seen, const Action& action, const Outcome& outcome, const ClusterState& state) {
  if (const auto* run = std::get_if<RunOperation>(&action)) return check_operation(seen, *run, outcome, state);
  if (const auto* fence = std::get_if<FenceNode>(&action)) return check_fencing(seen, fence->target, state);
  const auto* reset = std::get_if<ResetNode>(&action);
  return reset != nullptr && reset->reason.rule == "F4" ? check_fencing(seen, reset->node, state) : std::nullopt;
}

Limits::Broken Limits::check_operation(Seen& seen, const RunOperation& action, const Outcome& outcome,
                                       const ClusterState& state) {
  const bool majority = state.members.size() * 2 > state.config->nodes.size();
  if (state.config->quorum.kind == QuorumKind::majority && !majority && action.kind == OperationKind::start)
    return format("start of {} without a majority: {} of {} nodes (G2)", action.resource.value, state.members.size(),
                  state.config->nodes.size());
  if (Broken broken = check_maintenance(action, outcome, state)) return broken;
  return action.kind == OperationKind::recover ? check_recovery(seen, action, state) : std::nullopt;
}

bool Limits::asked_for(const ResourceName& resource, const Outcome& outcome, const ClusterState& state) {
  const auto& all = state.hierarchies->of;
  const std::size_t hierarchy = all.at(resource);
  const bool answered = std::any_of(outcome.actions.begin(), outcome.actions.end(),
                                    [](const Action& a) { return std::holds_alternative<AnswerRequest>(a); });
  return answered || std::any_of(state.requests.begin(), state.requests.end(), [&](const auto& entry) {
           const auto of = all.find(entry.second.request.resource);
           return of != all.end() && of->second == hierarchy;
         });
}

/// O5: nothing is acted upon, but what an operator asks for all the same.
Limits::Broken Limits::check_maintenance(const RunOperation& action, const Outcome& outcome,
                                         const ClusterState& state) {
  const Switches& switches = state.switches;
  const auto& resources = joined_to(action.resource, *state.hierarchies);
  const bool maintained = switches.cluster || switches.nodes.contains(action.node) ||
                          std::any_of(resources.begin(), resources.end(),
                                      [&](const ResourceName& name) { return switches.resources.contains(name); });
  if (!maintained || asked_for(action.resource, outcome, state)) return std::nullopt;
  return format("{} of {} on {} for {} in maintenance (O5)", name_of(action.kind), action.resource.value,
                state.config->name_of(action.node), action.reason.rule);
}

Limits::Broken Limits::check_recovery(Seen& seen, const RunOperation& action, const ClusterState& state) {
  const ResourceConfig& resource = state.config->resources.at(action.resource);
  const RecoveryLimit& limit = resource.recovery_limit;
  const std::size_t times = count_within(seen.recoveries[action.resource], state.now, limit.window);
  if (!resource.policy.local_recovery || resource.policy.notify_only)
    return format("local recovery of {}, which its policy forbids (F6)", action.resource.value);
  if (limit.count == 0 || times <= limit.count) return std::nullopt;
  return format("{} is recovered {} times within {} s, more than its recovery_limit (F6)", action.resource.value, times,
                limit.window.count() / 1000);
}

Limits::Broken Limits::check_decision(Seen& seen, const Decision& decision, Instant now, const ClusterState& state) {
  const auto of = state.hierarchies->of.find(decision.resource);
  if (of == state.hierarchies->of.end()) return std::nullopt;
  const ResourceConfig& resource = state.config->resources.at(decision.resource);
  if (decision.message == switchback_decided && seen.leads) {
    const Micros since = now - seen.view_since;
    constexpr Micros rounding{2000};
    if (since + rounding < seen.switchback_delay)
      return format("{} goes home {} ms after its node came back (O3)", decision.resource.value, since.count() / 1000);
  }
  if (decision.message != failover_decided) return std::nullopt;
  const bool next_node = resource.on_start_failure == OnStartFailure::next_node;  // S5 is no failure in service
  if (!next_node && (!resource.policy.failover || resource.policy.notify_only))
    return format("failover of {}, which its policy forbids (F6)", decision.resource.value);
  std::vector<WallTime>& known = seen.moves[state.hierarchies->all[of->second].key];
  const std::size_t moves = count_within(known, state.now, state.config->failover_window);
  if (moves <= state.config->failover_limit) return std::nullopt;
  return format("the hierarchy of {} moves {} times, more than failover_limit (F7)", decision.resource.value, moves);
}

Limits::Broken Limits::check_fencing(Seen& seen, NodeId target, const ClusterState& state) {
  seen.fenced[target] = state.now;
  const std::uint32_t configured = state.config->fence_limit;
  const std::size_t limit = configured != 0 ? configured : state.config->nodes.size() <= 3 ? 1U : 2U;
  const auto recent = std::count_if(seen.fenced.begin(), seen.fenced.end(), [&](const auto& entry) {
    return state.now.millis - entry.second.millis < state.config->fence_window.count();
  });
  if (static_cast<std::size_t>(recent) <= limit) return std::nullopt;
  return format("{} nodes are fenced or reset, more than fence_limit (G5)", recent);
}

}  // namespace holdfast::sim
