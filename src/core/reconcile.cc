#include "core/reconcile.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

bool busy(ResourceState s) {
  return s == ResourceState::starting || s == ResourceState::stopping || s == ResourceState::recovering;
}

void run(ClusterState& state, const ResourceName& name, NodeId node, OperationKind kind, Reason reason,
         Outcome& outcome) {
  const OperationId id{state.epoch, ++state.last_operation};
  const Version version = intent_of(state, name).version;
  ResourceFact& fact = state.nodes[node].facts.resources[name];
  fact.state = kind == OperationKind::start ? ResourceState::starting : ResourceState::stopping;
  fact.operation = id;
  fact.failure = Failure::none;
  fact.may_run = false;
  fact.cause.clear();
  if (kind == OperationKind::start) fact.for_version = version;
  decide(outcome, Message::operation, Severity::info, node, name, reason);
  outcome.actions.push_back(RunOperation{id, node, name, kind, version, std::move(reason)});
}

/// Orders that are carried out, or that nobody can carry out any more, are dropped.
void drop_done_stops(ClusterState& state, const ResourceName& name) {
  const auto intent = state.intents.find(name);
  if (intent == state.intents.end()) return;
  std::erase_if(intent->second.stop_on, [&](NodeId node) {
    if (standing_of(state, node) == Standing::failed) return true;  // N3: no stop because of a dead node
    return fact_of(state, node, name).state == ResourceState::out_of_service;
  });
}

/// Top-down: whatever depends on it must be down first (R2).
bool nothing_above_runs(const ClusterState& state, const ResourceName& name, NodeId node) {
  const auto above = state.hierarchies->dependents.find(name);
  if (above == state.hierarchies->dependents.end()) return true;
  return std::none_of(above->second.begin(), above->second.end(),
                      [&](const ResourceName& a) { return may_hold(state, node, a); });
}

const char* rule_of_stop(const Intent& intent, NodeId node) {
  if (intent.wanted_on == node) return "F5";  // what failed there is stopped before it starts again
  return intent.cause == IntentCause::node_failure ? "S2" : "O2";
}

void stop_what_is_ordered(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  for (auto name = hierarchy.resources.rbegin(); name != hierarchy.resources.rend(); ++name) {
    drop_done_stops(state, *name);
    const std::set<NodeId> stop_on = intent_of(state, *name).stop_on;
    for (const NodeId node : stop_on) {
      const ResourceFact& fact = fact_of(state, node, *name);
      if (!is_member(state, node) || busy(fact.state) || !nothing_above_runs(state, *name, node)) continue;
      run(state, *name, node, OperationKind::stop,
          {rule_of_stop(intent_of(state, *name), node),
           format("{} shall be out of service on {}", name->value, state.config->name_of(node)),
           {}},
          outcome);
    }
  }
}

/// What keeps `name` from starting on `node` although all below it runs; empty if nothing.
std::string start_blocked_by(const ClusterState& state, const ResourceName& name, NodeId node) {
  for (const NodeId other : holders(state, name, node)) {
    if (intent_of(state, name).forced && !is_member(state, other)) continue;  // O2
    const ResourceFact& fact = fact_of(state, other, name);
    return format("{} is {} on {}{}", name.value, name_of(fact.state), state.config->name_of(other),
                  fact.failure == Failure::stop ? " and could not be stopped there" : "");
  }
  return {};
}

bool wants_a_start(const ClusterState& state, const ResourceName& name, NodeId node) {
  const ResourceFact& fact = fact_of(state, node, name);
  if (fact.state == ResourceState::out_of_service) return true;
  const bool tried = fact.for_version == intent_of(state, name).version;  // S1: once per intent
  return (fact.state == ResourceState::failed || fact.state == ResourceState::unknown) && !tried;
}

bool all_below_runs(const ClusterState& state, const ResourceName& name, NodeId node) {
  const auto& below = state.config->resources.at(name).depends_on;
  return std::all_of(below.begin(), below.end(),
                     [&](const ResourceName& b) { return fact_of(state, node, b).state == ResourceState::in_service; });
}

const char* rule_of(IntentCause cause) {
  switch (cause) {
    case IntentCause::node_failure:
      return "N4";
    case IntentCause::operator_request:
      return "O2";
    case IntentCause::startup:
      return "O1";
    case IntentCause::adopted:
      return "R5";
    case IntentCause::resource_failure:
      return "F3";
    case IntentCause::shutdown:
      return "O4";
    case IntentCause::switchback:
      return "O3";
    case IntentCause::none:
      return "R2";
  }
  return "R2";
}

void start_what_is_wanted(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  // F3, O2: nothing of a hierarchy starts while something of it is still to be stopped.
  for (const ResourceName& name : hierarchy.resources)
    if (!intent_of(state, name).stop_on.empty()) return;
  for (const ResourceName& name : hierarchy.resources) {
    const Intent& intent = intent_of(state, name);
    if (!intent.wanted_on || !is_member(state, *intent.wanted_on)) continue;
    const NodeId node = *intent.wanted_on;
    if (!wants_a_start(state, name, node) || !all_below_runs(state, name, node)) continue;
    if (const std::string why = start_blocked_by(state, name, node); !why.empty()) {
      if (tell == Tell::everything)
        decide(outcome, Message::blocked, Severity::warning, node, name,
               {"R2", format("{} does not start on {}: {}", name.value, state.config->name_of(node), why), {}});
      continue;
    }
    const auto& below = state.config->resources.at(name).depends_on;
    run(state, name, node, OperationKind::start,
        {rule_of(intent.cause),
         format("{} is wanted on {}{}", name.value, state.config->name_of(node),
                below.empty() ? "" : format(" and {} runs there", names(below))),
         {}},
        outcome);
  }
}

}  // namespace

void reconcile(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  stop_what_is_ordered(state, hierarchy, outcome);
  if (state.settled) start_what_is_wanted(state, hierarchy, tell, outcome);
}

}  // namespace holdfast::core
