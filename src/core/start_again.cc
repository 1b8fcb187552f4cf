#include "core/start_again.h"

#include "base/format.h"
#include "core/knowledge.h"
#include "core/moves.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

constexpr Millis pause{500};

void set_timer(const ResourceName& key, Outcome& outcome) {
  outcome.actions.push_back(
      SetTimer{{TimerKind::start_again, NodeId{0}, key}, pause, {"G2", "what it needs may be free by then", {}}});
}

/// What did not start as another machine holds what it needs; nothing where a start failed for a reason of its own,
/// which no time mends (S1, S5).
std::vector<ResourceName> held_elsewhere(const ClusterState& state, const Hierarchy& hierarchy) {
  std::vector<ResourceName> held;
  for (const ResourceName& name : hierarchy.resources) {
    const Failure failure = failed_start(state, hierarchy, name);
    if (failure == Failure::start) return {};
    if (failure == Failure::start_held) held.push_back(name);
  }
  return held;
}

}  // namespace

void allow_start_again(ClusterState& state, const Hierarchy& hierarchy, NodeId lost) {
  const auto known = state.nodes.find(lost);
  const bool off = known != state.nodes.end() && known->second.loss.isolation == Isolation::off;
  if (state.config->quorum.kind == QuorumKind::none || off) return;
  std::int64_t longest = 0;
  for (const ResourceName& name : hierarchy.resources)
    longest += state.config->resources.at(name).timeouts.stop.count();
  state.intents[hierarchy.key].start_again_until = WallTime{state.now.millis + longest};
}

bool starts_again(const ClusterState& state, const Hierarchy& hierarchy, NodeId node) {
  const Intent& intent = intent_of(state, hierarchy);
  return intent.home == node && intent.start_again_until &&
         state.now.millis + pause.count() <= intent.start_again_until->millis &&
         !held_elsewhere(state, hierarchy).empty();
}

void wait_to_start_again(const ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed,
                         Outcome& outcome) {
  decide(outcome, Message::start_again, Severity::warning, node, failed,
         {"G2",
          format("{} did not start on {}: {}; the side without quorum may still be stopping it: tried again in {} ms",
                 failed.value, state.config->name_of(node), fact_of(state, node, failed).cause, pause.count()),
          {}});
  set_timer(hierarchy.key, outcome);
}

void start_again(ClusterState& state, const ResourceName& key) {
  const Hierarchy* hierarchy = hierarchy_of(state, key);
  if (hierarchy == nullptr || hierarchy->key != key) return;
  const Intent before = intent_of(state, *hierarchy);
  if (!before.start_again_until || !before.home) return;
  const std::vector<ResourceName> anew = held_elsewhere(state, *hierarchy);
  if (anew.empty()) return;
  want_on(state, *hierarchy, *before.home, anew, before.cause);
  state.intents[key].start_again_until = before.start_again_until;
  state.intents[key].takeover = before.takeover;
}

void set_start_again_timers(const ClusterState& state, Outcome& outcome) {
  for (const Hierarchy& hierarchy : state.hierarchies->all) {
    const auto intent = state.intents.find(hierarchy.key);
    if (intent == state.intents.end() || !intent->second.home || !intent->second.start_again_until) continue;
    if (!held_elsewhere(state, hierarchy).empty()) set_timer(hierarchy.key, outcome);
  }
}

}  // namespace holdfast::core
