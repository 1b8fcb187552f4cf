#include "core/follow.h"

#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/moves.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

std::vector<NodeId> running_on(const ClusterState& state, const ResourceName& name) {
  std::vector<NodeId> running;
  for (const NodeId node : holders(state, name))
    if (holds(fact_of(state, node, name).state)) running.push_back(node);
  return running;
}

bool in_service_on(const ClusterState& state, NodeId node, const ResourceName& name) {
  return is_member(state, node) && fact_of(state, node, name).state == ResourceState::in_service;
}

void report_twice(const ClusterState& state, const ResourceName& name, const std::vector<NodeId>& running,
                  Outcome& outcome) {
  std::string where;
  for (const NodeId node : running) where += (where.empty() ? "" : " and ") + state.config->name_of(node);
  decide(
      outcome, Message::in_service_twice, Severity::error, NodeId{0}, name,
      {"B4", format("{} is in service on {}: both stay, an operator decides which side stops", name.value, where), {}});
}

/// The members that run it and go on doing so: what leaves, stops by itself (O4).
std::vector<NodeId> staying_on(const ClusterState& state, const ResourceName& name) {
  std::vector<NodeId> staying;
  for (const NodeId node : running_on(state, name))
    if (in_service_on(state, node, name) && !is_leaving(state, node)) staying.push_back(node);
  return staying;
}

/// B6: writes of a mirrored volume are never thrown away without an operator.
bool may_be_removed(const ClusterState& state, const ResourceName& name) {
  return state.config->resources.at(name).agent != "replication";
}

/// B5: of the members that run it, all but the one with the highest priority stop it, with what stands above it.
bool remove_lower(ClusterState& state, const Hierarchy& hierarchy, const ResourceName& name, Outcome& outcome) {
  const std::vector<NodeId> running = staying_on(state, name);
  if (running.size() < 2 || !may_be_removed(state, name)) return false;
  const NodeId stays = running.front();
  bool news = false;
  for (const NodeId node : running) {
    if (node == stays || in_maintenance(state, node)) continue;
    if (!order_stop(state, hierarchy, name, node, StopCause::runs_twice)) continue;
    news = true;
    decide(outcome, Message::removed_lower_priority, Severity::error, node, name,
           {"B5",
            format("{} is in service on {} and {}: it stops on {}, which has the lower priority", name.value,
                   state.config->name_of(stays), state.config->name_of(node), state.config->name_of(node)),
            {{stays, "it has the higher priority"}}});
  }
  return news;
}

void stop_lower_sides(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  std::optional<NodeId> stays;
  for (const ResourceName& name : hierarchy.resources) {
    if (!remove_lower(state, hierarchy, name, outcome)) continue;
    if (!stays) stays = staying_on(state, name).front();
  }
  if (!stays) return;
  const auto stops = intent_of(state, hierarchy).stops;
  std::vector<ResourceName> ran;  // what ran on either side goes on where the others are
  for (const auto& [name, nodes] : stops) ran.push_back(name);
  want_on(state, hierarchy, *stays, ran, IntentCause::adopted);
}

/// The member on which most of the hierarchy is in service, by priority where that is equal; none if it runs nowhere.
std::optional<NodeId> where_it_runs(const ClusterState& state, const Hierarchy& hierarchy) {
  std::map<NodeId, std::size_t> count;
  std::optional<NodeId> best;
  for (const ResourceName& name : hierarchy.resources)
    for (const NodeId node : state.config->resources.at(name).nodes)
      if (in_service_on(state, node, name)) ++count[node];
  for (const ResourceName& name : hierarchy.resources)
    for (const NodeId node : state.config->resources.at(name).nodes)
      if (count.contains(node) && (!best || count[node] > count[*best])) best = node;
  return best;
}

/// R5, R6: something of the hierarchy runs on a member, and nothing of it where it is wanted.
void adopt_home(ClusterState& state, const Hierarchy& hierarchy, NodeId node, Outcome& outcome) {
  const Intent& before = intent_of(state, hierarchy);
  const bool was_wanted = before.home && !before.wanted.empty();
  const std::string old_home = before.home ? state.config->name_of(*before.home) : "";
  std::vector<ResourceName> running;
  for (const ResourceName& name : hierarchy.resources)
    if (in_service_on(state, node, name)) running.push_back(name);
  want_on(state, hierarchy, node, running, IntentCause::adopted);
  const std::string where = state.config->name_of(node);
  const std::string text = was_wanted
                               ? format("{} runs on {}, so its hierarchy is wanted there and no longer on {}",
                                        names(running), where, old_home)
                               : format("{} was found in service on {} where nobody started it: adopted, not restarted",
                                        names(running), where);
  decide(outcome, Message::adopted, Severity::warning, node, running.back(), {was_wanted ? "R5" : "R6", text, {}});
}

/// R6: at its home, more of the hierarchy runs than is wanted.
void adopt_at_home(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  const NodeId home = *intent_of(state, hierarchy).home;
  std::vector<ResourceName> found;
  for (const ResourceName& name : hierarchy.resources)
    if (!intent_of(state, hierarchy).wanted.contains(name) && in_service_on(state, home, name)) found.push_back(name);
  if (found.empty()) return;
  want_on(state, hierarchy, home, found, IntentCause::adopted);
  decide(outcome, Message::adopted, Severity::warning, home, found.back(),
         {"R6",
          format("{} was found in service on {} where nobody started it: adopted, not restarted", names(found),
                 state.config->name_of(home)),
          {}});
}

}  // namespace

void follow_facts(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  const bool removes =
      state.config->profile == Profile::windows_like && state.settled && !in_maintenance(state, hierarchy);
  if (removes) stop_lower_sides(state, hierarchy, outcome);
  for (const ResourceName& name : hierarchy.resources) {
    const std::vector<NodeId> running = running_on(state, name);
    const bool going = removes && may_be_removed(state, name);
    if (running.size() > 1 && tell == Tell::everything && !going) report_twice(state, name, running, outcome);
  }
  const Intent& intent = intent_of(state, hierarchy);
  if (!intent.stops.empty()) return;  // about to move or to stop
  if (intent.home && anything_runs(state, *intent.home, hierarchy)) return adopt_at_home(state, hierarchy, outcome);
  if (const auto node = where_it_runs(state, hierarchy)) adopt_home(state, hierarchy, *node, outcome);
}

}  // namespace holdfast::core
