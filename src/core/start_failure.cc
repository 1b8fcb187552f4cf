#include "core/start_failure.h"

#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

const Hierarchy& hierarchy_of(const ClusterState& state, const ResourceName& resource) {
  return state.hierarchies->all[state.hierarchies->of.at(resource)];
}

/// S2: what this failover started in the hierarchy is stopped again.
void undo_takeover(ClusterState& state, NodeId node, const ResourceName& failed, Outcome& outcome) {
  const Version version = next_version(state);
  std::vector<ResourceName> stopping;
  for (const ResourceName& name : hierarchy_of(state, failed).resources) {
    Intent& intent = state.intents[name];
    if (intent.wanted_on != node || intent.cause != IntentCause::node_failure) continue;
    intent = {version, std::nullopt, {}, IntentCause::node_failure, false};
    if (name != failed && may_hold(state, node, name)) {
      intent.stop_on.insert(node);
      stopping.push_back(name);
    }
  }
  decide(outcome, Message::start_failed_windows, Severity::error, node, failed,
         {"S2",
          format("{} did not start on {} ({}): profile windows stops what had started in its hierarchy{}{}",
                 failed.value, state.config->name_of(node), fact_of(state, node, failed).cause,
                 stopping.empty() ? "" : ": ", names(stopping)),
          {}});
}

/// S1: what runs stays, what stands above stays down. Nothing changes; it is said.
void keep_what_runs(const ClusterState& state, NodeId node, const ResourceName& failed, Outcome& outcome) {
  std::vector<ResourceName> above = with_dependents(*state.config, *state.hierarchies, failed);
  above.erase(above.begin());
  std::vector<ResourceName> running;
  for (const ResourceName& name : hierarchy_of(state, failed).resources)
    if (fact_of(state, node, name).state == ResourceState::in_service) running.push_back(name);
  std::string text = format("{} did not start on {}: {}", failed.value, state.config->name_of(node),
                            fact_of(state, node, failed).cause);
  if (!running.empty()) text += format("; {} stays in service", names(running));
  if (!above.empty()) text += format("; {} stays out of service", names(above));
  decide(outcome, Message::start_failed_linux, Severity::error, node, failed, {"S1", text, {}});
}

/// F4 without a guard: it may still run there, so the whole move ends here and nothing starts elsewhere.
void end_move(ClusterState& state, NodeId node, const ResourceName& failed, Outcome& outcome) {
  const Version version = next_version(state);
  for (const ResourceName& name : hierarchy_of(state, failed).resources) {
    Intent& intent = state.intents[name];
    if (!intent.stop_on.contains(node)) {
      const bool moving = intent.wanted_on && intent.wanted_on != node && !may_hold(state, *intent.wanted_on, name);
      if (moving && name != failed) intent = {version, std::nullopt, intent.stop_on, intent.cause, false};
      continue;
    }
    intent.stop_on.erase(node);
    const bool untouched = fact_of(state, node, name).state == ResourceState::in_service;
    intent = {version, untouched ? std::optional(node) : std::nullopt, intent.stop_on, intent.cause, false};
  }
  decide(outcome, Message::stop_failed, Severity::error, node, failed,
         {"F4",
          format("{} did not stop on {} ({}): it may still run there, so it starts nowhere else", failed.value,
                 state.config->name_of(node), fact_of(state, node, failed).cause),
          {}});
}

}  // namespace

void after_fact(ClusterState& state, NodeId node, const ResourceName& resource, const ResourceFact& before,
                Outcome& outcome) {
  const ResourceFact& now = fact_of(state, node, resource);
  if (now.state != ResourceState::failed || before.state == ResourceState::failed) return;
  if (now.failure == Failure::stop) return end_move(state, node, resource, outcome);
  if (before.state == ResourceState::starting) {
    const Intent& intent = intent_of(state, resource);
    const bool failover = intent.cause == IntentCause::node_failure && intent.wanted_on == node;
    if (state.config->profile == Profile::windows_like && failover)
      return undo_takeover(state, node, resource, outcome);
    return keep_what_runs(state, node, resource, outcome);  // S1, S4
  }
  decide(outcome, Message::resource_failed, Severity::error, node, resource,
         {"F1", format("{} failed on {}: {}", resource.value, state.config->name_of(node), now.cause), {}});
}

}  // namespace holdfast::core
