#include "core/switchback.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"
#include "core/moves.h"
#include "core/placement.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

/// B6, O3: a mirrored volume goes home only when it is in sync, which nobody here knows.
bool goes_by_itself(const ClusterState& state, const Intent& intent) {
  bool automatic = false;
  for (const auto& [name, attempt] : intent.wanted) {
    const ResourceConfig& resource = state.config->resources.at(name);
    if (resource.agent == "replication") return false;
    automatic = automatic || resource.switchback == Switchback::automatic;
  }
  return automatic;
}

/// The node that is better than its present one; none if it is at home.
std::optional<NodeId> better_home(const ClusterState& state, const Hierarchy& hierarchy) {
  const Intent& intent = intent_of(state, hierarchy);
  if (!state.settled || !is_whole(state, hierarchy) || in_maintenance(state, hierarchy)) return std::nullopt;
  if (!is_member(state, *intent.home) || intent.held || !goes_by_itself(state, intent)) return std::nullopt;
  const std::vector<ResourceName> wanted = wanted_of(state, hierarchy);
  const std::optional<NodeId> best = choose_node(state, wanted).node;
  if (!best || best == intent.home) return std::nullopt;
  const bool failed = std::any_of(wanted.begin(), wanted.end(), [&](const ResourceName& name) {
    const ResourceState at_best = fact_of(state, *best, name).state;
    return at_best != ResourceState::out_of_service;  // failed there, or running there
  });
  return failed ? std::nullopt : best;
}

void set_timer(const ClusterState& state, const ResourceName& key, NodeId node, Outcome& outcome) {
  outcome.actions.push_back(SetTimer{{TimerKind::switchback, NodeId{0}, key},
                                     state.config->switchback_delay,
                                     {"O3", format("{} is back", state.config->name_of(node)), {}}});
}

}  // namespace

void look_homeward(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  const std::optional<NodeId> best = better_home(state, hierarchy);
  const auto intent = state.intents.find(hierarchy.key);
  if (intent == state.intents.end() || intent->second.going_home == best) return;
  intent->second.going_home = best;
  if (!best) {
    outcome.actions.push_back(CancelTimer{{TimerKind::switchback, NodeId{0}, hierarchy.key}});
    return;
  }
  decide(outcome, Message::switchback_waits, Severity::notify, *best, hierarchy.resources.back(),
         {"O3",
          format("{} is back: {} goes home to it when it was healthy for {} ms", state.config->name_of(*best),
                 hierarchy.name, state.config->switchback_delay.count()),
          {}});
  set_timer(state, hierarchy.key, *best, outcome);
}

void end_switchback_delay(ClusterState& state, const ResourceName& key, Outcome& outcome) {
  const Hierarchy* hierarchy = hierarchy_of(state, key);
  if (hierarchy == nullptr || hierarchy->key != key) return;
  const std::optional<NodeId> best = better_home(state, *hierarchy);
  if (!best || intent_of(state, *hierarchy).going_home != best) return;
  const NodeId from = *intent_of(state, *hierarchy).home;
  move_hierarchy(state, *hierarchy, *best, IntentCause::switchback);
  decide(outcome, Message::switchback, Severity::notify, *best, hierarchy->resources.back(),
         {"O3",
          format("{} goes home from {} to {}, the highest-priority node (switchback = automatic)", hierarchy->name,
                 state.config->name_of(from), state.config->name_of(*best)),
          {}});
}

void set_switchback_timers(const ClusterState& state, Outcome& outcome) {
  for (const auto& [key, intent] : state.intents)
    if (intent.going_home) set_timer(state, key, *intent.going_home, outcome);
}

}  // namespace holdfast::core
