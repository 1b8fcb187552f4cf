// What operators ask about a node or the whole cluster: to leave (O4), maintenance (O5), answers for lost nodes (N6,
// G3).
#include <algorithm>

#include "base/format.h"
#include "core/asked.h"
#include "core/losses.h"
#include "core/moves.h"
#include "core/placement.h"
#include "core/requests.h"

namespace holdfast::core {

namespace {

/// The hierarchy leaves a node that leaves: to another one if its strategy says so (N5), or it stops there and comes up
/// with the node again (O1).
void leave_with(ClusterState& state, const Hierarchy& hierarchy, NodeId node, Outcome& outcome) {
  const ShutdownStrategy strategy = state.config->node(node)->shutdown_strategy;
  const Intent& intent = intent_of(state, hierarchy);
  const bool home = intent.home == node && !intent.wanted.empty();
  if (home && strategy == ShutdownStrategy::switchover) {
    const Placement placement = choose_node(state, wanted_of(state, hierarchy));
    if (placement.node) {
      move_hierarchy(state, hierarchy, *placement.node, IntentCause::shutdown);
      decide(outcome, Message::leaving, Severity::notify, *placement.node, hierarchy.resources.back(),
             {"O4",
              format("{} leaves (shutdown_strategy = switchover): {} goes to {}", state.config->name_of(node),
                     hierarchy.name, state.config->name_of(*placement.node)),
              placement.rejected});
      return;
    }
  }
  order_stops(state, hierarchy, node, StopCause::leaving);
  if (state.intents[hierarchy.key].stops.empty()) return;
  Intent& stopping = change_intent(state, hierarchy);
  if (home) stopping.cause = IntentCause::shutdown;
}

/// Something of it runs on the node, and no stop is ordered there, as for what was in maintenance until now (O5).
bool runs_without_end(const ClusterState& state, const Hierarchy& hierarchy, NodeId node) {
  const auto& stops = intent_of(state, hierarchy).stops;
  return std::any_of(hierarchy.resources.begin(), hierarchy.resources.end(), [&](const ResourceName& name) {
    const auto ordered = stops.find(name);
    return holds(fact_of(state, node, name).state) && (ordered == stops.end() || !ordered->second.contains(node));
  });
}

}  // namespace

void leave(const Asked& asked) {
  ClusterState& state = asked.state;
  if (!asked.request.node) return asked.refuse("a node must be named");
  const NodeId node = *asked.request.node;
  if (!is_member(state, node))
    return asked.refuse(format("{} cannot leave: {}", asked.name_of(node), words(standing_of(state, node))));
  const bool keep = asked.request.mode == LeaveMode::keep_resources;
  asked.accepted(node, next_version(state), "O4",
                 format("{} leaves in order; its resources {}", asked.name_of(node), keep ? "stay" : "are stopped"));
  if (keep) return;
  for (const Hierarchy& hierarchy : state.hierarchies->all)
    if (!in_maintenance(state, hierarchy)) leave_with(state, hierarchy, node, asked.outcome);
}

void go_on_leaving(ClusterState& state, Outcome& outcome) {
  const std::map<RequestId, PendingRequest> open = state.requests;
  for (const auto& [id, pending] : open) {
    const Request& request = pending.request;
    if (request.kind != RequestKind::leave || request.mode == LeaveMode::keep_resources || pending.answered ||
        !pending.target)
      continue;
    for (const Hierarchy& hierarchy : state.hierarchies->all)
      if (!in_maintenance(state, hierarchy) && runs_without_end(state, hierarchy, *pending.target))
        leave_with(state, hierarchy, *pending.target, outcome);
  }
}

void switch_maintenance(const Asked& asked) {
  Switches& switches = asked.state.switches;
  const bool on = asked.request.on;
  std::string what = "the cluster";
  if (!asked.request.resource.value.empty()) {
    what = asked.resource();
    if (on)
      switches.resources.insert(asked.request.resource);
    else
      switches.resources.erase(asked.request.resource);
  } else if (asked.request.node) {
    what = asked.name_of(*asked.request.node);
    if (on)
      switches.nodes.insert(*asked.request.node);
    else
      switches.nodes.erase(*asked.request.node);
  } else {
    switches.cluster = on;
  }
  switches.version = next_version(asked.state);
  const std::string text =
      on ? format("maintenance of {} begins: nothing is acted upon", what) : format("maintenance of {} ends", what);
  decide(asked.outcome, Message::maintenance, Severity::warning, asked.request.node.value_or(NodeId{0}),
         asked.request.resource, {"O5", text, {}});
  asked.done(text);
}

void answer_for_lost_node(const Asked& asked) {
  if (!asked.request.node) return asked.refuse("a node must be named");
  const NodeId node = *asked.request.node;
  const bool off = asked.request.kind == RequestKind::confirm_off;
  const std::string why = off ? confirm_off(asked.state, node, asked.outcome)
                              : confirm_takeover(asked.state, node, asked.request.on, asked.outcome);
  if (!why.empty()) return asked.refuse(why);
  asked.done(off                ? format("{} counts as powered off", asked.name_of(node))
             : asked.request.on ? format("what {} ran is taken over", asked.name_of(node))
                                : format("what {} ran is not taken over", asked.name_of(node)));
}

}  // namespace holdfast::core
