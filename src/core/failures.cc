#include "core/failures.h"

#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/losses.h"
#include "core/moves.h"
#include "core/placement.h"
#include "core/report.h"
#include "core/start_again.h"

namespace holdfast::core {

namespace {

bool is_failover(IntentCause cause) {
  return cause == IntentCause::node_failure || cause == IntentCause::resource_failure;
}

/// S2: what this failover started in the hierarchy is stopped again.
void undo_takeover(ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed,
                   Outcome& outcome) {
  const bool next_node = state.config->resources.at(failed).on_start_failure == OnStartFailure::next_node;
  Intent& intent = change_intent(state, hierarchy);
  want_nothing(intent);
  std::vector<ResourceName> stopping;
  for (const ResourceName& name : hierarchy.resources) {
    if (!may_hold(state, node, name)) continue;
    intent.stops[name].try_emplace(node, StopCause::failed_start);
    stopping.push_back(name);
  }
  decide(outcome, Message::start_failed_windows, Severity::error, node, failed,
         {"S2",
          format("{} did not start on {} ({}){}: profile windows stops what had started in its hierarchy{}{}",
                 failed.value, state.config->name_of(node), fact_of(state, node, failed).cause,
                 next_node && moved_too_often(state, hierarchy) ? " and moved too often to go on (F7)" : "",
                 stopping.empty() ? "" : ": ", names(stopping)),
          {}});
}

/// S1: what runs stays, what stands above stays down. Nothing changes; it is said.
void keep_what_runs(const ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed,
                    Outcome& outcome) {
  std::vector<ResourceName> above = with_dependents(*state.config, *state.hierarchies, failed);
  above.erase(above.begin());
  std::vector<ResourceName> running;
  for (const ResourceName& name : hierarchy.resources)
    if (fact_of(state, node, name).state == ResourceState::in_service) running.push_back(name);
  std::string text = format("{} did not start on {}: {}", failed.value, state.config->name_of(node),
                            fact_of(state, node, failed).cause);
  if (!running.empty()) text += format("; {} stays in service", names(running));
  if (!above.empty()) text += format("; {} stays out of service", names(above));
  decide(outcome, Message::start_failed_linux, Severity::error, node, failed, {"S1", text, {}});
}

/// S5: there is another node that this failover has not tried.
bool goes_on(const ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed) {
  if (state.config->resources.at(failed).on_start_failure != OnStartFailure::next_node) return false;
  std::set<NodeId> tried = intent_of(state, hierarchy).tried;
  tried.insert(node);
  return !moved_too_often(state, hierarchy) &&
         choose_node(state, wanted_of(state, hierarchy), std::nullopt, tried).node.has_value();
}

void start_failed(ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed,
                  Outcome& outcome) {
  if (starts_again(state, hierarchy, node)) return wait_to_start_again(state, hierarchy, node, failed, outcome);
  const Intent& intent = intent_of(state, hierarchy);
  const bool failover = is_failover(intent.cause) && intent.home == node && intent.wanted.contains(failed);
  const bool undone = failover && state.config->profile == Profile::windows_like;
  if (undone && !goes_on(state, hierarchy, node, failed)) return;  // S2: undo_failed_takeover() sees it
  keep_what_runs(state, hierarchy, node, failed, outcome);         // S1, S4
}

bool resets_node(const ClusterState& state, NodeId node, const ResourceName& name) {
  const OnStopFailure wanted = state.config->resources.at(name).on_stop_failure;
  const NodeConfig* configured = state.config->node(node);
  const bool guarded = !state.config->watchdog.device.empty() || (configured != nullptr && !configured->fence.empty());
  return wanted == OnStopFailure::reboot || (wanted == OnStopFailure::by_guards && guarded);
}

/// The hierarchy is on its way from `node` to another one.
bool moves_from(const Intent& intent, NodeId node) {
  return intent.home && *intent.home != node && !intent.wanted.empty();
}

/// F4 without a guard: it may still run there, so the whole move ends here and nothing starts elsewhere.
void end_move(ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed,
              Outcome& outcome) {
  Intent& intent = change_intent(state, hierarchy);
  const bool back = moves_from(intent, node) && !anything_runs(state, *intent.home, hierarchy);
  if (back) {
    intent.home = node;
    want_nothing(intent);
  }
  for (const ResourceName& name : hierarchy.resources) {
    const bool untouched = fact_of(state, node, name).state == ResourceState::in_service;
    const auto stops = intent.stops.find(name);
    const bool ordered = stops != intent.stops.end() && stops->second.erase(node) != 0;
    if (stops != intent.stops.end() && stops->second.empty()) intent.stops.erase(stops);
    if (!untouched || intent.home != node || !(ordered || back)) continue;
    for (const ResourceName& below : with_dependencies(*state.config, name)) {
      intent.wanted[below] = intent.version;
      intent.unwanted.erase(below);
    }
  }
  decide(outcome, Message::stop_failed, Severity::error, node, failed,
         {"F4",
          format("{} did not stop on {} ({}): it may still run there, so it starts nowhere else", failed.value,
                 state.config->name_of(node), fact_of(state, node, failed).cause),
          {}});
}

/// F4 with a guard: the node is reset, and whatever was to start elsewhere waits for that.
void wait_for_reset(ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed) {
  Intent& intent = change_intent(state, hierarchy);
  const auto stops = intent.stops.find(failed);
  if (stops == intent.stops.end()) return;
  stops->second.erase(node);
  if (stops->second.empty()) intent.stops.erase(stops);
}

void stop_failed(ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed,
                 Outcome& outcome) {
  const bool reset = resets_node(state, node, failed) && moves_from(intent_of(state, hierarchy), node) &&
                     !in_maintenance(state, hierarchy);
  if (reset && within_fence_limit(state, node)) return wait_for_reset(state, hierarchy, node, failed);
  end_move(state, hierarchy, node, failed, outcome);
  if (reset)
    decide(
        outcome, Message::fence_limit, Severity::error, node, failed,
        {"G5",
         format("{} would be reset, but too many nodes were fenced or reset: it is not", state.config->name_of(node)),
         {}});
}

}  // namespace

bool after_fact(ClusterState& state, NodeId node, const ResourceName& resource, const ResourceFact& before,
                Outcome& outcome) {
  const ResourceFact& now = fact_of(state, node, resource);
  const Hierarchy& hierarchy = *hierarchy_of(state, resource);
  if (now.state != ResourceState::failed || before.state == ResourceState::failed) return false;
  if (now.failure == Failure::stop) {
    stop_failed(state, hierarchy, node, resource, outcome);
    return true;
  }
  if (is_of_start(now.failure)) {
    start_failed(state, hierarchy, node, resource, outcome);
    return true;
  }
  const bool recovery = now.failure == Failure::recovery;
  decide(outcome, recovery ? Message::recovery_failed : Message::resource_failed, Severity::error, node, resource,
         {recovery ? "F5" : "F1",
          format("{} {} on {}: {}", resource.value, recovery ? "could not be recovered" : "failed",
                 state.config->name_of(node), now.cause),
          {}});
  return true;
}

void undo_failed_takeover(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  if (tell == Tell::changes_only || state.config->profile != Profile::windows_like) return;
  const Intent& intent = intent_of(state, hierarchy);
  if (!is_failover(intent.cause) || !intent.home || !is_member(state, *intent.home)) return;
  const NodeId home = *intent.home;
  for (const ResourceName& name : hierarchy.resources) {
    if (failed_start(state, hierarchy, name) == Failure::none || starts_again(state, hierarchy, home) ||
        goes_on(state, hierarchy, home, name))
      continue;
    return undo_takeover(state, hierarchy, home, name, outcome);
  }
}

void reset_after_stop_failure(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  if (tell == Tell::changes_only) return;
  const Intent& intent = intent_of(state, hierarchy);
  for (const ResourceName& name : hierarchy.resources)
    for (const NodeId node : places_of(state, name)) {
      const ResourceFact& fact = fact_of(state, node, name);
      if (!is_member(state, node) || fact.failure != Failure::stop || !moves_from(intent, node)) continue;
      if (!resets_node(state, node, name) || !within_fence_limit(state, node)) continue;
      record_fence(state, node);
      Reason reason{"F4",
                    format("{} did not stop on {} ({}): that node is reset, then its resources are taken over",
                           name.value, state.config->name_of(node), fact.cause),
                    {}};
      decide(outcome, Message::reset_ordered, Severity::error, node, name, reason);
      outcome.actions.push_back(ResetNode{node, ResetHow::reboot, std::move(reason)});
      return;
    }
}

}  // namespace holdfast::core
