#include "core/reconcile.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"
#include "core/losses.h"
#include "core/operations.h"
#include "core/quorum.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

/// Top-down: whatever depends on it must be down first, also what only has to be cleaned up (R2).
bool nothing_above_runs(const ClusterState& state, const Intent& intent, const ResourceName& name, NodeId node) {
  const auto above = state.hierarchies->dependents.find(name);
  if (above == state.hierarchies->dependents.end()) return true;
  return std::none_of(above->second.begin(), above->second.end(), [&](const ResourceName& a) {
    const auto ordered = intent.stops.find(a);
    const bool to_stop = ordered != intent.stops.end() && ordered->second.contains(node);
    return to_stop || may_hold(state, node, a);
  });
}

const char* rule_of(StopCause cause) {
  switch (cause) {
    case StopCause::operator_request:
      return "O2";
    case StopCause::failed:
      return "F3";
    case StopCause::restart:
      return "F5";
    case StopCause::failed_start:
      return "S2";
    case StopCause::runs_twice:
      return "B5";
    case StopCause::quorum:
      return "G2";
    case StopCause::leaving:
      return "O4";
    case StopCause::switchback:
      return "O3";
  }
  return "";
}

void stop_what_is_ordered(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  const Intent& intent = intent_of(state, hierarchy);
  if (intent.stops.empty()) return;
  const auto stops = intent.stops;
  const bool asked = is_asked_for(state, hierarchy);
  for (auto name = hierarchy.resources.rbegin(); name != hierarchy.resources.rend(); ++name) {
    const auto ordered = stops.find(*name);
    if (ordered == stops.end()) continue;
    for (const auto& [node, cause] : ordered->second) {
      const ResourceFact& fact = fact_of(state, node, *name);
      if (!is_member(state, node) || busy(fact.state) ||
          !nothing_above_runs(state, intent_of(state, hierarchy), *name, node))
        continue;
      if (in_maintenance(state, node) && !asked) continue;  // O5: ordered before, and not by an operator who waits
      // O1: what a node remembers from before it started may be done with since; the freshest knowledge decides.
      const bool by_operator = cause == StopCause::operator_request || cause == StopCause::leaving;
      if (!state.settled && !by_operator) continue;
      run(state, *name, node, OperationKind::stop,
          {rule_of(cause), format("{} shall be out of service on {}", name->value, state.config->name_of(node)), {}},
          outcome);
    }
  }
}

/// What keeps `name` from starting on `node` although all below it runs; empty if nothing.
std::string start_blocked_by(const ClusterState& state, const Intent& intent, const ResourceName& name, NodeId node) {
  for (const NodeId other : holders(state, name, node)) {
    if (intent.forced && !is_member(state, other)) continue;  // O2
    const ResourceFact& fact = fact_of(state, other, name);
    return format("{} is {} on {}{}", name.value, name_of(fact.state), state.config->name_of(other),
                  fact.failure == Failure::stop ? " and could not be stopped there" : "");
  }
  return {};
}

/// F4: something of the hierarchy did not stop on another node and may run there. Nothing of it begins here meanwhile;
/// what runs here already may go on.
bool waits_for_failed_stop(const ClusterState& state, const Hierarchy& hierarchy, NodeId home) {
  if (anything_runs(state, home, hierarchy)) return false;
  return std::any_of(hierarchy.resources.begin(), hierarchy.resources.end(), [&](const ResourceName& name) {
    const std::vector<NodeId> nodes = holders(state, name, home);
    return std::any_of(nodes.begin(), nodes.end(), [&](NodeId node) {
      return is_member(state, node) && fact_of(state, node, name).failure == Failure::stop;
    });
  });
}

bool wants_a_start(const ClusterState& state, const ResourceName& name, NodeId node) {
  const ResourceFact& fact = fact_of(state, node, name);
  if (fact.state == ResourceState::out_of_service) return true;
  const bool tried = fact.for_version == attempt_of(state, name);  // S1: once per attempt
  return (fact.state == ResourceState::failed || fact.state == ResourceState::unknown) && !tried;
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

/// G1, O4, O5: why nothing starts on `node` now; empty if it may.
std::string closed_because(const ClusterState& state, NodeId node) {
  if (!is_member(state, node)) return words(standing_of(state, node));
  if (is_leaving(state, node)) return "it is leaving";
  if (quorum_of(state, node) != Verdict::yes) return why_no_quorum(state, node);
  return {};
}

/// G3: a node that starts hears nobody who knows what became of its services. Empty: it may start them.
std::string unknown_since_boot(const ClusterState& state, const Hierarchy& hierarchy, const Intent& intent) {
  const bool asked = intent.cause == IntentCause::operator_request;
  if (intent.cause != IntentCause::startup && !asked) return {};
  if (intent.forced || anything_runs(state, *intent.home, hierarchy)) return {};
  const std::optional<NodeId> other = may_have_taken_over(state, hierarchy);
  if (!other || (asked && !state.nodes.at(*other).loss.unseen)) return {};
  return format("{} could have taken it over meanwhile, and {}", state.config->name_of(*other),
                why_unclear(state, *other));
}

void say_blocked(const ClusterState& state, const ResourceName& name, NodeId node, std::string why, Tell tell,
                 Outcome& outcome) {
  if (tell == Tell::everything)
    decide(outcome, Message::blocked, Severity::warning, node, name,
           {"R2", format("{} does not start on {}: {}", name.value, state.config->name_of(node), why), {}});
}

void start_what_is_wanted(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  const Intent intent = intent_of(state, hierarchy);
  // F3, O2: nothing of a hierarchy starts while something of it is still to be stopped.
  if (!intent.home || intent.wanted.empty() || !intent.stops.empty()) return;
  const NodeId node = *intent.home;
  std::string closed = closed_because(state, node);
  if (closed.empty()) closed = unknown_since_boot(state, hierarchy, intent);
  const bool waits = waits_for_failed_stop(state, hierarchy, node);
  for (const ResourceName& name : hierarchy.resources) {
    if (!intent.wanted.contains(name) || !wants_a_start(state, name, node)) continue;
    if (!closed.empty()) {
      if (is_member(state, node)) say_blocked(state, name, node, closed, tell, outcome);
      return;
    }
    if (!all_below_runs(state, name, node)) continue;
    if (const std::string why = start_blocked_by(state, intent, name, node); !why.empty()) {
      say_blocked(state, name, node, why, tell, outcome);
      continue;
    }
    if (waits) continue;
    const auto& below = state.config->resources.at(name).depends_on;
    run(state, name, node, OperationKind::start,
        {rule_of(intent.cause),
         format("{} is wanted on {}{}", name.value, state.config->name_of(node),
                below.empty() ? "" : format(" and {} runs there", names(below))),
         {}},
        outcome);
  }
}

/// What was to stop at home before it starts anew (F5), and is in service on what is in service: it became well by
/// itself before anything was stopped, as in maintenance (O5), or a daemon that started anew has found it well (R5).
void drop_needless_stops(ClusterState& state, const Hierarchy& hierarchy, Intent& intent) {
  if (intent.stops.empty() || !intent.home || !is_member(state, *intent.home)) return;
  const NodeId home = *intent.home;
  const auto ordered = [&](const ResourceName& name) {
    const auto stops = intent.stops.find(name);
    return stops != intent.stops.end() && stops->second.contains(home);
  };
  for (const ResourceName& name : hierarchy.resources) {
    if (!ordered(name) || intent.stops[name][home] != StopCause::restart) continue;
    const auto& below = state.config->resources.at(name).depends_on;
    const bool well = fact_of(state, home, name).state == ResourceState::in_service &&
                      std::none_of(below.begin(), below.end(), [&](const ResourceName& b) {
                        return ordered(b) || fact_of(state, home, b).state != ResourceState::in_service;
                      });
    if (well) intent.stops[name].erase(home);
  }
}

}  // namespace

void drop_done_stops(ClusterState& state, const Hierarchy& hierarchy) {
  const auto found = state.intents.find(hierarchy.key);
  if (found == state.intents.end()) return;
  drop_needless_stops(state, hierarchy, found->second);
  auto& stops = found->second.stops;
  for (auto ordered = stops.begin(); ordered != stops.end();) {
    std::erase_if(ordered->second, [&](const auto& stop) {
      if (is_gone(state, stop.first)) return true;  // N3: no stop because of a dead node
      return fact_of(state, stop.first, ordered->first).state == ResourceState::out_of_service;
    });
    ordered = ordered->second.empty() ? stops.erase(ordered) : std::next(ordered);
  }
}

void reconcile(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  stop_what_is_ordered(state, hierarchy, outcome);
  if (state.settled) start_what_is_wanted(state, hierarchy, tell, outcome);
}

}  // namespace holdfast::core
