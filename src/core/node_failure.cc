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

void say_waiting(const ClusterState& state, const Hierarchy& hierarchy, NodeId lost, Outcome& outcome) {
  decide(outcome, Message::takeover_waits, Severity::warning, lost, hierarchy.resources.back(),
         {"G6",
          format("{} failed, but nothing of {} is taken over yet: {}", state.config->name_of(lost), hierarchy.name,
                 why_not_free(state, lost)),
          {}});
}

}  // namespace

void take_over(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  const Intent& intent = intent_of(state, hierarchy);
  if (!state.settled || !intent.home || intent.wanted.empty()) return;
  const NodeId lost = *intent.home;
  if (standing_of(state, lost) != Standing::failed) return;
  if (!is_gone(state, lost)) {
    if (tell == Tell::everything) say_waiting(state, hierarchy, lost, outcome);
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
  want_on(state, hierarchy, *placement.node, {}, IntentCause::node_failure);
  allow_start_again(state, hierarchy, lost);
  for (const ResourceName& name : orphans)
    decide(outcome, Message::takeover, Severity::notify, *placement.node, name,
           {"N4",
            format("{} failed: {} goes to {}, the highest-priority live node", from, name.value,
                   state.config->name_of(*placement.node)),
            placement.rejected});
}

}  // namespace holdfast::core
