#include "core/quorum.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"
#include "core/moves.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

bool asks_a_witness(QuorumKind kind) {
  return kind == QuorumKind::tcp || kind == QuorumKind::storage || kind == QuorumKind::qdevice;
}

const WitnessFact* answer_of(const ClusterState& state, NodeId node) {
  const auto known = state.nodes.find(node);
  if (known == state.nodes.end() || !known->second.facts.witness) return nullptr;
  const WitnessFact& witness = *known->second.facts.witness;
  // Never the answer of another view, or of another witness (O7).
  return witness.epoch == state.epoch && witness.kind == state.config->quorum.kind ? &witness : nullptr;
}

/// What of the hierarchy may run on `node`, top-down excluded: any order.
std::vector<ResourceName> held_on(const ClusterState& state, NodeId node, const Hierarchy& hierarchy) {
  std::vector<ResourceName> held;
  for (const ResourceName& name : hierarchy.resources)
    if (may_hold(state, node, name)) held.push_back(name);
  return held;
}

/// Nodes that live in this ring and take no part just now: set aside by a sync, or with a daemon that is being started
/// again (L5, N7). They can belong to no other majority.
std::size_t waiting_here(const ClusterState& state) {
  return static_cast<std::size_t>(std::count_if(state.nodes.begin(), state.nodes.end(), [](const auto& entry) {
    return entry.second.standing == Standing::set_aside || entry.second.standing == Standing::daemon_dead;
  }));
}

/// Without those that wait here nothing is begun, and with them nothing is given up.
Verdict majority_of(const ClusterState& state) {
  const std::size_t all = state.config->nodes.size();
  if (state.members.size() * 2 > all) return Verdict::yes;
  return (state.members.size() + waiting_here(state)) * 2 > all ? Verdict::unknown : Verdict::no;
}

bool stop_there(ClusterState& state, NodeId node, const Hierarchy& hierarchy) {
  bool news = false;
  for (const ResourceName& name : held_on(state, node, hierarchy)) {
    if (fact_of(state, node, name).failure == Failure::stop) continue;  // told already, and it stays as it is (F4)
    news = order_stop(state, hierarchy, name, node, StopCause::quorum) || news;
  }
  return news;
}

}  // namespace

Verdict quorum_of(const ClusterState& state, NodeId node) {
  const Quorum& quorum = state.config->quorum;
  if (quorum.kind == QuorumKind::majority) return majority_of(state);
  if (!asks_a_witness(quorum.kind)) return Verdict::yes;
  const WitnessFact* witness = answer_of(state, node);
  if (witness == nullptr) return Verdict::unknown;
  return witness->quorate ? Verdict::yes : Verdict::no;
}

std::string why_no_quorum(const ClusterState& state, NodeId node) {
  if (state.config->quorum.kind == QuorumKind::majority)
    return format("it has no quorum: {} of {} nodes are in its view{}", state.members.size(),
                  state.config->nodes.size(),
                  majority_of(state) == Verdict::unknown ? ", and others are expected back at once" : "");
  const WitnessFact* witness = answer_of(state, node);
  if (witness == nullptr) return "its witness has not answered yet whether it has quorum";
  return format("it has no quorum: {}", witness->text);
}

void act_on_lost_quorum(ClusterState& state, Tell tell, Outcome& outcome) {
  if (!state.settled || state.config->quorum.kind == QuorumKind::none) return;
  const QuorumLoss loss = state.config->quorum.loss;
  for (const NodeId node : state.members) {
    if (quorum_of(state, node) != Verdict::no || in_maintenance(state, node)) continue;
    bool holds_something = false;
    bool news = false;
    for (const Hierarchy& hierarchy : state.hierarchies->all) {
      if (in_maintenance(state, hierarchy) || held_on(state, node, hierarchy).empty()) continue;
      holds_something = true;
      if (loss == QuorumLoss::stop) news = stop_there(state, node, hierarchy) || news;
    }
    if (!holds_something || (loss != QuorumLoss::stop && tell == Tell::changes_only)) continue;
    if (!news && loss == QuorumLoss::stop) continue;
    const std::string what = loss == QuorumLoss::stop     ? "its resources are stopped"
                             : loss == QuorumLoss::reboot ? "it is reset"
                                                          : "it is halted";
    Reason reason{"G2", format("{}: {} (quorum_loss)", why_no_quorum(state, node), what), {}};
    decide(outcome, Message::quorum_lost, Severity::error, node, {}, reason);
    if (loss != QuorumLoss::stop)
      outcome.actions.push_back(
          ResetNode{node, loss == QuorumLoss::reboot ? ResetHow::reboot : ResetHow::halt, std::move(reason)});
  }
}

}  // namespace holdfast::core
