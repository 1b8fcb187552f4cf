#include "core/step.h"

#include <algorithm>

#include "base/format.h"
#include "base/overloaded.h"
#include "core/config_change.h"
#include "core/failures.h"
#include "core/fit_intents.h"
#include "core/follow.h"
#include "core/hierarchy.h"
#include "core/invariants.h"
#include "core/knowledge.h"
#include "core/losses.h"
#include "core/merge.h"
#include "core/moves.h"
#include "core/node_failure.h"
#include "core/quorum.h"
#include "core/reconcile.h"
#include "core/recovery.h"
#include "core/report.h"
#include "core/requests.h"
#include "core/start_again.h"
#include "core/switchback.h"

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
  drop_done_stops(state, hierarchy);
  follow_facts(state, hierarchy, tell, outcome);
  if (in_maintenance(state, hierarchy)) {  // O5: nothing is acted upon but what an operator forces
    if (is_asked_for(state, hierarchy)) reconcile(state, hierarchy, tell, outcome);
  } else {
    take_over(state, hierarchy, tell, outcome);
    undo_failed_takeover(state, hierarchy, tell, outcome);
    give_back(state, hierarchy, outcome);
    recover_or_move(state, hierarchy, tell, outcome);
    reset_after_stop_failure(state, hierarchy, tell, outcome);
    reconcile(state, hierarchy, tell, outcome);
  }
  if (!state.requests.empty()) follow_up(state, hierarchy, outcome);
  look_homeward(state, hierarchy, outcome);
  if (const auto broken = broken_in(state, hierarchy); !broken.empty()) freeze(state, broken, outcome);
}

/// O4: what stopped there for a node that stays after all is wanted there as before.
void look_after_leaving(ClusterState& state, Outcome& outcome) {
  if (state.requests.empty() || !follow_up_nodes(state, outcome)) return;
  for (const Hierarchy& hierarchy : state.hierarchies->all) settle(state, hierarchy, Tell::changes_only, outcome);
}

void settle_all(ClusterState& state, Outcome& outcome) {
  if (state.frozen) return;
  work_on_losses(state, Tell::everything, outcome);
  act_on_lost_quorum(state, Tell::everything, outcome);
  for (const Hierarchy& hierarchy : state.hierarchies->all) settle(state, hierarchy, Tell::everything, outcome);
  look_after_leaving(state, outcome);
}

/// O1: what is wanted on a member that has not begun to start any of it comes up because the node starts, whatever the
/// reason was at the time.
void mark_start_at_boot(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  const Intent& intent = intent_of(state, hierarchy);
  if (!intent.home || intent.wanted.empty() || intent.cause == IntentCause::startup || !intent.stops.empty()) return;
  if (!is_member(state, *intent.home) || in_maintenance(state, hierarchy)) return;
  const NodeId node = *intent.home;
  const bool begun = std::any_of(hierarchy.resources.begin(), hierarchy.resources.end(), [&](const ResourceName& r) {
    const ResourceFact& fact = fact_of(state, node, r);
    return holds(fact.state) || (fact.for_version == attempt_of(state, r) && fact.for_version.counter != 0);
  });
  const bool elsewhere = std::any_of(state.members.begin(), state.members.end(), [&](NodeId member) {
    return member != node && anything_runs(state, member, hierarchy);  // R5: it is adopted there
  });
  if (begun || elsewhere) return;
  state.intents[hierarchy.key].cause = IntentCause::startup;
  decide(outcome, Message::start_at_boot, Severity::notify, node, hierarchy.resources.back(),
         {"O1",
          format("{} comes up on {}: it was wanted there last, and it neither runs elsewhere nor was moved since",
                 names(wanted_of(state, hierarchy)), state.config->name_of(node)),
          {}});
}

/// Only once the freshest knowledge is there: before, a node may remember what was moved meanwhile.
void mark_starts_at_boot(ClusterState& state, Outcome& outcome) {
  for (const Hierarchy& hierarchy : state.hierarchies->all) mark_start_at_boot(state, hierarchy, outcome);
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
  set_loss_timers(state, outcome);
  set_switchback_timers(state, outcome);
  set_start_again_timers(state, outcome);
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
  const bool failed = after_fact(state, change.node, change.resource, before, outcome);
  const bool appeared = change.fact.state == ResourceState::in_service && before.state != ResourceState::in_service;
  const bool twice = appeared && !holders(state, change.resource, change.node).empty();  // B4: to be said at once
  settle(state, state.hierarchies->all[hierarchy->second], failed || twice ? Tell::everything : Tell::changes_only,
         outcome);
  look_after_leaving(state, outcome);
}

void apply(ClusterState& state, const LinksChanged& change, Outcome&) {
  const auto node = state.nodes.find(change.node);
  if (node == state.nodes.end() || change.sequence <= node->second.facts.sequence) return;
  node->second.facts.sequence = change.sequence;
  node->second.facts.links = change.links;
}

void apply(ClusterState& state, const WitnessChanged& change, Outcome& outcome) {
  const auto node = state.nodes.find(change.node);
  if (node == state.nodes.end() || change.sequence <= node->second.facts.sequence) return;
  node->second.facts.sequence = change.sequence;
  const bool news = !node->second.facts.witness || node->second.facts.witness->epoch != change.witness.epoch ||
                    node->second.facts.witness->kind != change.witness.kind ||
                    node->second.facts.witness->quorate != change.witness.quorate ||
                    node->second.facts.witness->alive != change.witness.alive;
  node->second.facts.witness = change.witness;
  if (news) settle_all(state, outcome);
}

void apply(ClusterState& state, const FenceChanged& change, Outcome& outcome) {
  const auto node = state.nodes.find(change.node);
  if (node == state.nodes.end() || change.sequence <= node->second.facts.sequence) return;
  node->second.facts.sequence = change.sequence;
  node->second.facts.fences[change.target] = change.fence;
  if (change.fence.outcome != FenceOutcome::running) settle_all(state, outcome);
}

void apply(ClusterState& state, const ConfigStored& change, Outcome& outcome) {
  const auto node = state.nodes.find(change.node);
  if (node == state.nodes.end() || change.sequence <= node->second.facts.sequence) return;
  node->second.facts.sequence = change.sequence;
  node->second.facts.config = change.config;
  follow_up_apply(state, outcome);
  look_after_leaving(state, outcome);
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
    case TimerKind::confirm:
      end_confirm_timeout(state, fired.timer.node, outcome);
      break;
    case TimerKind::watchdog:
      end_watchdog_time(state, fired.timer.node, outcome);
      break;
    case TimerKind::fence_window:  // the levels look again
      break;
    case TimerKind::switchback:
      end_switchback_delay(state, fired.timer.resource, outcome);
      break;
    case TimerKind::start_again:
      start_again(state, fired.timer.resource);
      break;
  }
  settle_all(state, outcome);
}

void apply(ClusterState& state, const Requested& asked, Outcome& outcome) {
  if (state.requests.contains(asked.request.id)) return;  // sent twice
  accept(state, asked.request, outcome);
  if (asked.request.kind == RequestKind::maintenance) go_on_leaving(state, outcome);
  if (const Hierarchy* hierarchy = hierarchy_of(state, asked.request.resource))
    settle(state, *hierarchy, Tell::everything, outcome);
  else
    settle_all(state, outcome);
}

}  // namespace

ClusterState initial_state(std::shared_ptr<const ClusterConfig> config, const DurableState& durable) {
  ClusterState state;
  state.hierarchies = std::make_shared<const Hierarchies>(hierarchies_of(*config));
  for (const NodeConfig& node : config->nodes) state.nodes[node.id].facts.node = node.id;
  for (const NodeFacts& other : durable.others)
    if (const auto n = state.nodes.find(other.node); n != state.nodes.end()) n->second.facts = other;
  state.intents = fit_intents(durable.intents, *config, *state.hierarchies);
  for (const auto& [key, intent] : durable.intents)
    state.last_version = std::max(state.last_version, intent.version.counter);
  state.switches = durable.switches;
  state.fenced = durable.fenced;
  state.stamp = durable.stamp;
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
                        [&](const Requested& e) { apply(state, e, outcome); },
                        [&](const WitnessChanged& e) { apply(state, e, outcome); },
                        [&](const FenceChanged& e) { apply(state, e, outcome); },
                        [&](const ConfigStored& e) { apply(state, e, outcome); }},
             event);
  if (const auto broken = broken_in(state, outcome); !broken.empty() && !state.frozen) freeze(state, broken, outcome);
  return outcome;
}

}  // namespace holdfast::core
