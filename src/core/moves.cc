#include "core/moves.h"

#include <algorithm>

#include "core/hierarchy.h"
#include "core/knowledge.h"

namespace holdfast::core {

namespace {

/// F5: what failed there may still run; it is stopped, with all above it, before it starts again.
void stop_remains(ClusterState& state, const Hierarchy& hierarchy, const ResourceName& name, NodeId node) {
  const ResourceFact& fact = fact_of(state, node, name);
  if (fact.state == ResourceState::failed && fact.may_run) order_stop(state, hierarchy, name, node, StopCause::restart);
}

/// Why a hierarchy leaves its home that moves for this reason.
StopCause stop_cause_of(IntentCause cause) {
  if (cause == IntentCause::resource_failure) return StopCause::failed;
  if (cause == IntentCause::shutdown) return StopCause::leaving;
  return cause == IntentCause::switchback ? StopCause::switchback : StopCause::operator_request;
}

void cancel_stop(Intent& intent, const ResourceName& name, NodeId node) {
  const auto stops = intent.stops.find(name);
  if (stops == intent.stops.end()) return;
  stops->second.erase(node);
  if (stops->second.empty()) intent.stops.erase(stops);
}

}  // namespace

Intent& change_intent(ClusterState& state, const Hierarchy& hierarchy) {
  Intent& intent = state.intents[hierarchy.key];
  intent.version = next_version(state);
  return intent;
}

void want_no_more(Intent& intent, const ResourceName& resource) {
  if (intent.wanted.erase(resource) != 0) intent.unwanted[resource] = intent.version;
}

void want_nothing(Intent& intent) {
  for (const auto& [name, attempt] : intent.wanted) intent.unwanted[name] = intent.version;
  intent.wanted.clear();
}

std::vector<ResourceName> wanted_of(const ClusterState& state, const Hierarchy& hierarchy) {
  std::vector<ResourceName> wanted;
  for (const auto& [name, attempt] : intent_of(state, hierarchy).wanted) wanted.push_back(name);
  return with_all_below(*state.config, wanted);
}

void want_on(ClusterState& state, const Hierarchy& hierarchy, NodeId home, const std::vector<ResourceName>& resources,
             IntentCause cause) {
  Intent& intent = change_intent(state, hierarchy);
  const bool same_home = intent.home == home;
  intent.home = home;
  intent.cause = cause;
  intent.forced = false;
  intent.going_home.reset();
  intent.start_again_until.reset();
  intent.takeover.reset();
  std::vector<ResourceName> all = resources;
  for (const auto& [name, attempt] : intent.wanted)
    if (!same_home) all.push_back(name);
  for (const ResourceName& name : with_all_below(*state.config, all)) {
    const bool runs = fact_of(state, home, name).state == ResourceState::in_service;
    if (!runs || !intent.wanted.contains(name)) intent.wanted[name] = intent.version;
    cancel_stop(intent, name, home);
  }
  for (const ResourceName& name : hierarchy.resources) {
    if (!can_run_on(*state.config, name, home)) want_no_more(intent, name);
    if (intent.wanted.contains(name)) intent.unwanted.erase(name);
  }
  for (const ResourceName& name : hierarchy.resources)
    if (intent.wanted.contains(name) && intent.wanted.at(name) == intent.version)
      stop_remains(state, hierarchy, name, home);
}

bool order_stop(ClusterState& state, const Hierarchy& hierarchy, const ResourceName& resource, NodeId node,
                StopCause cause) {
  Intent& intent = state.intents[hierarchy.key];
  bool news = false;
  for (const ResourceName& name : with_dependents(*state.config, *state.hierarchies, resource))
    if (name == resource || may_hold(state, node, name))
      news = intent.stops[name].try_emplace(node, cause).second || news;
  return news;
}

void order_stops(ClusterState& state, const Hierarchy& hierarchy, NodeId node, StopCause cause) {
  Intent& intent = state.intents[hierarchy.key];
  for (const ResourceName& name : hierarchy.resources) {
    const bool failed = fact_of(state, node, name).state == ResourceState::failed;
    if (may_hold(state, node, name) || failed) intent.stops[name].try_emplace(node, cause);
  }
}

void move_hierarchy(ClusterState& state, const Hierarchy& hierarchy, NodeId target, IntentCause cause) {
  const std::optional<NodeId> from = intent_of(state, hierarchy).home;
  want_on(state, hierarchy, target, {}, cause);
  if (from && is_member(state, *from)) order_stops(state, hierarchy, *from, stop_cause_of(cause));
}

bool moved_too_often(const ClusterState& state, const Hierarchy& hierarchy) {
  const Intent& intent = intent_of(state, hierarchy);
  const std::int64_t window = state.config->failover_window.count();
  const auto recent = std::count_if(intent.moves.begin(), intent.moves.end(),
                                    [&](const WallTime& at) { return state.now.millis - at.millis < window; });
  return intent.held || static_cast<std::uint64_t>(recent) >= state.config->failover_limit;
}

void forget_failures(Intent& intent) {
  intent.tried.clear();
  intent.moves.clear();
  intent.recoveries.clear();
  intent.held = false;
  intent.takeover.reset();
}

}  // namespace holdfast::core
