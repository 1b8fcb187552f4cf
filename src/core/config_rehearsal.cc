// O7: a change stops nothing. What is not seen from the two configurations alone, the same decisions show on a copy of
// the state: a profile that stops what runs twice, or what a start in vain has left.
#include <set>

#include "base/format.h"
#include "core/config_change.h"
#include "core/hierarchy.h"
#include "core/step.h"

namespace holdfast::core {

namespace {

using Stops = std::set<std::tuple<ResourceName, NodeId, StopCause>>;

Stops ordered_after_a_look(ClusterState state) {
  // The one event that brings nothing but a look at the whole (law 2).
  static_cast<void>(step(state, TimerFired{{TimerKind::fence_window, NodeId{0}}}, state.now));
  Stops stops;
  for (const auto& [key, intent] : state.intents)
    for (const auto& [name, nodes] : intent.stops)
      for (const auto& [node, cause] : nodes) stops.insert({name, node, cause});
  return stops;
}

/// What failed may be due for a stop that the former policy forbade (F6); a new quorum has refusals of its own.
bool is_meant(StopCause cause) {
  return cause == StopCause::failed || cause == StopCause::restart || cause == StopCause::quorum;
}

}  // namespace

std::vector<std::string> stops_by(const ClusterState& state, const ClusterConfig& next) {
  ClusterState changed = state;
  static_cast<void>(take_offered(changed, next, state.stamp));
  const Stops before = ordered_after_a_look(state);
  std::vector<std::string> lines;
  for (const auto& [name, node, cause] : ordered_after_a_look(std::move(changed))) {
    if (is_meant(cause) || before.contains({name, node, cause})) continue;
    const bool twice = cause == StopCause::runs_twice;
    lines.push_back(format("resource {}: it would be stopped on {}, {}: {}", name.value, state.config->name_of(node),
                           twice ? "as it is in service on another node, too (B5)"
                                 : "as not all of its hierarchy is in service there (S2)",
                           twice ? "decide first which one stops: holdfast split resolve"
                                 : format("start or stop it first: holdfast resource start {}", name.value)));
  }
  return lines;
}

}  // namespace holdfast::core
