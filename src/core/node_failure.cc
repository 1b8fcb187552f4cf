#include "core/node_failure.h"

#include "base/format.h"
#include "core/knowledge.h"
#include "core/losses.h"
#include "core/moves.h"
#include "core/placement.h"
#include "core/report.h"
#include "core/start_again.h"

namespace holdfast::core {

namespace {

void say_waiting(const ClusterState& state, const Hierarchy& hierarchy, NodeId lost, const std::string& why,
                 Outcome& outcome) {
  decide(
      outcome, Message::takeover_waits, Severity::warning, lost, hierarchy.resources.back(),
      {"G6",
       format("{} failed, but nothing of {} is taken over yet: {}", state.config->name_of(lost), hierarchy.name, why),
       {}});
}

/// Why nothing of the hierarchy may be taken over from `lost` yet; empty if it may.
std::string why_not_yet(const ClusterState& state, const Hierarchy& hierarchy, NodeId lost) {
  if (!is_gone(state, lost)) return why_not_free(state, lost);
  const std::optional<NodeId> other = may_have_taken_over(state, hierarchy);
  if (!other) return {};
  return format("{} could have taken it over, too, and {}", state.config->name_of(*other), why_unclear(state, *other));
}

/// The takeover has ended without the hierarchy running, even in part: its starts failed, and nothing is under way.
bool gave_up(const ClusterState& state, const Hierarchy& hierarchy) {
  const NodeId home = *intent_of(state, hierarchy).home;
  bool failed = intent_of(state, hierarchy).wanted.empty();  // S2
  for (const ResourceName& name : hierarchy.resources) {
    if (!holders(state, name).empty()) return false;
    failed = failed || is_of_start(fact_of(state, home, name).failure);
  }
  return failed && !starts_again(state, hierarchy, home);
}

}  // namespace

void take_over(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  const Intent& intent = intent_of(state, hierarchy);
  if (!state.settled || !intent.home || intent.wanted.empty()) return;
  const NodeId lost = *intent.home;
  if (standing_of(state, lost) != Standing::failed) return;
  if (const std::string why = why_not_yet(state, hierarchy, lost); !why.empty()) {
    if (tell == Tell::everything) say_waiting(state, hierarchy, lost, why, outcome);
    return;
  }
  const std::vector<ResourceName> orphans = wanted_of(state, hierarchy);
  Placement placement = choose_node(state, orphans);
  const std::string from = state.config->name_of(lost);
  if (!placement.node) {
    if (tell == Tell::everything)
      decide(outcome, Message::no_takeover, Severity::error, lost, orphans.back(),
             {"N4", format("{} failed and no live node can take over {}", from, names(orphans)),
              std::move(placement.rejected)});
    return;
  }
  change_intent(state, hierarchy).tried.clear();
  std::optional<Takeover> before = intent_of(state, hierarchy).takeover;  // N4: the one that took it over is lost, too
  want_on(state, hierarchy, *placement.node, {}, IntentCause::node_failure);
  state.intents[hierarchy.key].takeover = before ? before : Takeover{lost, {orphans.begin(), orphans.end()}};
  allow_start_again(state, hierarchy, lost);
  for (const ResourceName& name : orphans)
    decide(outcome, Message::takeover, Severity::notify, *placement.node, name,
           {"N4",
            format("{} failed: {} goes to {}, the highest-priority live node", from, name.value,
                   state.config->name_of(*placement.node)),
            placement.rejected});
}

void give_back(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  const std::optional<Takeover> takeover = intent_of(state, hierarchy).takeover;
  if (!state.settled || !takeover || !intent_of(state, hierarchy).stops.empty()) return;
  if (is_whole(state, hierarchy)) {
    state.intents[hierarchy.key].takeover.reset();
    return;
  }
  const NodeId from = takeover->from;
  const std::vector<ResourceName> what(takeover->what.begin(), takeover->what.end());
  if (!gave_up(state, hierarchy) || !why_not(state, from, what).empty()) return;
  want_on(state, hierarchy, from, what, IntentCause::startup);
  decide(outcome, Message::start_at_boot, Severity::notify, from, hierarchy.resources.back(),
         {"O1",
          format("{} comes up on {}: it was in service there last, and its takeover did not succeed", names(what),
                 state.config->name_of(from)),
          {}});
}

}  // namespace holdfast::core
