#include "core/step.h"

#include <algorithm>

#include "base/format.h"
#include "base/overloaded.h"
#include "core/hierarchy.h"
#include "core/invariants.h"
#include "core/knowledge.h"
#include "core/merge.h"
#include "core/node_failure.h"
#include "core/reconcile.h"
#include "core/report.h"
#include "core/requests.h"
#include "core/start_failure.h"

namespace holdfast::core {

namespace {

void freeze(ClusterState& state, const std::vector<std::string>& broken, Outcome& outcome) {
  state.frozen = true;
  std::erase_if(outcome.actions, [](const Action& a) { return std::holds_alternative<RunOperation>(a); });
  for (const std::string& text : broken)
    decide(
        outcome, Message::frozen, Severity::error, NodeId{0}, {},
        {"law 5", format("internal defect: {}; no decision is taken before the next view, services go on", text), {}});
}

/// The levels: everything that follows from the state of one hierarchy.
void settle(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  if (state.frozen) return;
  follow_facts(state, hierarchy, tell, outcome);
  take_over(state, hierarchy, tell, outcome);
  reconcile(state, hierarchy, tell, outcome);
  if (!state.requests.empty()) follow_up(state, hierarchy, outcome);
  if (const auto broken = broken_in(state, hierarchy); !broken.empty()) freeze(state, broken, outcome);
}

void settle_all(ClusterState& state, Outcome& outcome) {
  for (const Hierarchy& hierarchy : state.hierarchies->all) settle(state, hierarchy, Tell::everything, outcome);
}

/// What runs was adopted without what it stands on, if that was not in service: to start, it needs it (R2).
void want_below(ClusterState& state, const ResourceName& name, NodeId node) {
  for (const ResourceName& below : with_dependencies(*state.config, name))
    if (!intent_of(state, below).wanted_on)
      state.intents[below] = {next_version(state), node, {}, IntentCause::startup, false};
}

/// O1: what is wanted on a member that has not begun to start any of it comes up because the node starts, whatever the
/// reason was at the time.
void mark_starts_at_boot(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  for (const ResourceName& name : hierarchy.resources) {
    const Intent& intent = intent_of(state, name);
    if (!intent.wanted_on || intent.cause == IntentCause::startup || !is_member(state, *intent.wanted_on)) continue;
    const NodeId node = *intent.wanted_on;
    const bool begun = std::any_of(hierarchy.resources.begin(), hierarchy.resources.end(), [&](const ResourceName& r) {
      const ResourceFact& fact = fact_of(state, node, r);
      return holds(fact.state) || (fact.for_version == intent_of(state, r).version && fact.for_version.counter != 0);
    });
    if (begun || !intent.stop_on.empty()) continue;
    state.intents[name].cause = IntentCause::startup;
    want_below(state, name, node);
    decide(outcome, Message::start_at_boot, Severity::notify, node, name,
           {"O1",
            format("{} was in service on {} when that node last stopped and was not moved since", name.value,
                   state.config->name_of(node)),
            {}});
  }
}

/// Only once the freshest knowledge is there: before, a node may remember what was moved meanwhile.
void mark_starts_at_boot(ClusterState& state, Outcome& outcome) {
  for (const Hierarchy& hierarchy : state.hierarchies->all) mark_starts_at_boot(state, hierarchy, outcome);
}

void set_timers(const ClusterState& state, Outcome& outcome) {
  if (!state.settled) {
    const std::string text =
        format("waiting {} ms for nodes that were not heard yet", state.config->startup_wait.count());
    decide(outcome, Message::waiting_for_peers, Severity::notify, NodeId{0}, {}, {"O1", text, {}});
    outcome.actions.push_back(
        SetTimer{{TimerKind::startup_wait, NodeId{0}}, state.config->startup_wait, {"O1", text, {}}});
  }
  for (const auto& [id, node] : state.nodes)
    if (node.standing == Standing::daemon_dead)
      outcome.actions.push_back(SetTimer{{TimerKind::daemon_grace, id},
                                         state.config->daemon_grace,
                                         {"N7", format("{} may come back", state.config->name_of(id)), {}}});
}

void apply(ClusterState& state, const ViewSynced& view, Outcome& outcome) {
  merge_view(state, view, outcome);
  if (state.settled) mark_starts_at_boot(state, outcome);
  // A request that came in the old view is taken up anew: what it asked for may be half done or not begun.
  std::map<RequestId, Request> requests;
  for (const MemberReport& report : view.reports)
    requests.insert(report.own.requests.begin(), report.own.requests.end());
  for (const auto& [id, request] : requests) accept(state, request, outcome);
  set_timers(state, outcome);
  settle_all(state, outcome);
}

void apply(ClusterState& state, const ResourceChanged& change, Outcome& outcome) {
  const auto node = state.nodes.find(change.node);
  const auto hierarchy = state.hierarchies->of.find(change.resource);
  if (node == state.nodes.end() || hierarchy == state.hierarchies->of.end()) return;
  NodeFacts& facts = node->second.facts;
  if (change.sequence <= facts.sequence) return;  // an older fact than the one we have
  facts.sequence = change.sequence;
  const ResourceFact before = fact_of(state, change.node, change.resource);
  if (says_nothing(change.fact))
    facts.resources.erase(change.resource);
  else
    facts.resources[change.resource] = change.fact;
  after_fact(state, change.node, change.resource, before, outcome);
  settle(state, state.hierarchies->all[hierarchy->second], Tell::changes_only, outcome);
}

void apply(ClusterState& state, const LinksChanged& change, Outcome&) {
  const auto node = state.nodes.find(change.node);
  if (node == state.nodes.end() || change.sequence <= node->second.facts.sequence) return;
  node->second.facts.sequence = change.sequence;
  node->second.facts.links = change.links;
}

void end_startup_wait(ClusterState& state, Outcome& outcome) {
  if (state.settled) return;
  state.settled = true;
  decide(outcome, Message::settled, Severity::notify, NodeId{0}, {}, {"O1", "startup_wait is over: starts begin", {}});
  for (auto& [id, node] : state.nodes) {
    if (node.standing != Standing::waiting) continue;
    node.standing = Standing::failed;
    decide(outcome, Message::node_failed, Severity::error, id, {},
           {"N1", format("{} was not heard within startup_wait: it counts as failed", state.config->name_of(id)), {}});
  }
  mark_starts_at_boot(state, outcome);
}

void end_daemon_grace(ClusterState& state, NodeId id, Outcome& outcome) {
  const auto node = state.nodes.find(id);
  if (node == state.nodes.end() || node->second.standing != Standing::daemon_dead) return;
  node->second.standing = Standing::failed;
  node->second.loss.given_up = true;
  decide(outcome, Message::node_failed, Severity::error, id, {},
         {"N7",
          format("the daemon of {} did not come back within {} ms: the node counts as failed",
                 state.config->name_of(id), state.config->daemon_grace.count()),
          {}});
}

void apply(ClusterState& state, const TimerFired& fired, Outcome& outcome) {
  switch (fired.timer.kind) {
    case TimerKind::startup_wait:
      end_startup_wait(state, outcome);
      break;
    case TimerKind::daemon_grace:
      end_daemon_grace(state, fired.timer.node, outcome);
      break;
    default:
      break;
  }
  settle_all(state, outcome);
}

void apply(ClusterState& state, const Requested& asked, Outcome& outcome) {
  if (state.requests.contains(asked.request.id)) return;  // sent twice
  accept(state, asked.request, outcome);
  if (const auto index = state.hierarchies->of.find(asked.request.resource); index != state.hierarchies->of.end())
    settle(state, state.hierarchies->all[index->second], Tell::everything, outcome);
}

}  // namespace

ClusterState initial_state(std::shared_ptr<const ClusterConfig> config, const DurableState& durable) {
  ClusterState state;
  state.hierarchies = std::make_shared<const Hierarchies>(hierarchies_of(*config));
  for (const NodeConfig& node : config->nodes) state.nodes[node.id].facts.node = node.id;
  for (const NodeFacts& other : durable.others)
    if (const auto n = state.nodes.find(other.node); n != state.nodes.end()) n->second.facts = other;
  for (const auto& [name, intent] : durable.intents) {
    if (config->resources.contains(name)) state.intents[name] = intent;
    state.last_version = std::max(state.last_version, intent.version.counter);
  }
  state.switches = durable.switches;
  state.config = std::move(config);
  return state;
}

Outcome step(ClusterState& state, const Event& event, WallTime at) {
  state.now = std::max(state.now, at);
  Outcome outcome;
  std::visit(Overloaded{[&](const ViewSynced& e) { apply(state, e, outcome); },
                        [&](const ResourceChanged& e) { apply(state, e, outcome); },
                        [&](const LinksChanged& e) { apply(state, e, outcome); },
                        [&](const TimerFired& e) { apply(state, e, outcome); },
                        [&](const Requested& e) { apply(state, e, outcome); }, [](const auto&) {}},
             event);
  if (const auto broken = broken_in(state, outcome); !broken.empty() && !state.frozen) freeze(state, broken, outcome);
  return outcome;
}

}  // namespace holdfast::core
