#include "core/node_failure.h"

#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/placement.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

void report_twice(const ClusterState& state, const ResourceName& name, const std::vector<NodeId>& running,
                  Outcome& outcome) {
  std::string where;
  for (const NodeId node : running) where += (where.empty() ? "" : " and ") + state.config->name_of(node);
  decide(
      outcome, Message::in_service_twice, Severity::error, NodeId{0}, name,
      {"B4", format("{} is in service on {}: both stay, an operator decides which side stops", name.value, where), {}});
}

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

/// A stop that was ordered for what an adopted resource stands on is taken back: it could never be carried out.
void keep_below(ClusterState& state, const ResourceName& name, NodeId node) {
  for (const ResourceName& below : with_dependencies(*state.config, name))
    if (below != name && intent_of(state, below).stop_on.contains(node))
      state.intents[below] = {state.intents[name].version, node, {}, IntentCause::adopted, false};
}

void adopt(ClusterState& state, const ResourceName& name, NodeId node, Outcome& outcome) {
  Intent& intent = state.intents[name];
  const bool wanted_elsewhere = intent.wanted_on.has_value();
  const std::string before = wanted_elsewhere ? state.config->name_of(*intent.wanted_on) : "";
  intent = {next_version(state), node, {}, IntentCause::adopted, false};
  const std::string text = wanted_elsewhere
                               ? format("{} runs on {}, so it is wanted there and no longer on {}", name.value,
                                        state.config->name_of(node), before)
                               : format("{} was found in service on {} where nobody started it: adopted, not restarted",
                                        name.value, state.config->name_of(node));
  decide(outcome, Message::adopted, Severity::warning, node, name, {wanted_elsewhere ? "R5" : "R6", text, {}});
  keep_below(state, name, node);
}

}  // namespace

namespace {

/// The one member on which this hierarchy runs; none if it runs nowhere, on several, or is about to move.
std::optional<NodeId> only_home(const ClusterState& state, const Hierarchy& hierarchy) {
  std::optional<NodeId> home;
  for (const ResourceName& name : hierarchy.resources) {
    if (!intent_of(state, name).stop_on.empty()) return std::nullopt;
    for (const NodeId node : holders(state, name)) {
      if (!holds(fact_of(state, node, name).state)) continue;
      if (home && *home != node) return std::nullopt;
      home = node;
    }
  }
  return home && is_member(state, *home) ? home : std::nullopt;
}

/// N4: after two sides came together, one may want the rest of a hierarchy where nothing of it runs.
void gather_at_home(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome) {
  const std::optional<NodeId> home = only_home(state, hierarchy);
  if (!home) return;
  for (const ResourceName& name : hierarchy.resources) {
    const std::optional<NodeId> wanted = intent_of(state, name).wanted_on;
    if (!wanted || *wanted == *home || !may_live(state, *wanted) || !holders(state, name).empty()) continue;
    const bool possible = runs_on(state.config->resources.at(name), *home);
    state.intents[name] = {next_version(state), possible ? home : std::nullopt, {}, IntentCause::adopted, false};
    decide(outcome, Message::adopted, Severity::warning, *home, name,
           {"N4",
            format("{} was wanted on {}, but its hierarchy runs on {}: {}", name.value, state.config->name_of(*wanted),
                   state.config->name_of(*home), possible ? "it goes there" : "it cannot run there and stays down"),
            {}});
  }
}

}  // namespace

void follow_facts(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  for (const ResourceName& name : hierarchy.resources) {
    std::vector<NodeId> running;
    for (const NodeId node : holders(state, name))
      if (holds(fact_of(state, node, name).state)) running.push_back(node);
    if (running.size() > 1 && tell == Tell::everything) report_twice(state, name, running, outcome);
    if (running.empty()) continue;
    const Intent& intent = intent_of(state, name);
    // In service twice, it is wanted at one of its places, else it would be called to a third.
    if (running.size() > 1 && (!intent.wanted_on || contains(running, *intent.wanted_on))) continue;
    const auto node = std::find_if(running.begin(), running.end(), [&](NodeId n) {
      return is_member(state, n) && fact_of(state, n, name).state == ResourceState::in_service;
    });
    if (node == running.end() || intent.wanted_on == *node || intent.stop_on.contains(*node)) continue;
    adopt(state, name, *node, outcome);
  }
  gather_at_home(state, hierarchy, outcome);
}

void take_over(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  std::vector<ResourceName> orphans;
  std::optional<NodeId> lost;
  std::optional<NodeId> rest;  // N4: one hierarchy goes to one node
  for (const ResourceName& name : hierarchy.resources) {
    const Intent& intent = intent_of(state, name);
    if (!intent.wanted_on) continue;
    if (standing_of(state, *intent.wanted_on) == Standing::failed) {
      orphans.push_back(name);
      lost = intent.wanted_on;
    } else if (!rest) {
      rest = intent.wanted_on;
    }
  }
  if (orphans.empty() || !state.settled) return;
  // What they stand on comes along, if it is wanted nowhere; wanted elsewhere, it says where they can go.
  orphans = with_all_below(*state.config, orphans);
  std::erase_if(orphans, [&](const ResourceName& name) {
    const auto& wanted = intent_of(state, name).wanted_on;
    return wanted && standing_of(state, *wanted) != Standing::failed;
  });
  Placement placement = choose_node(state, orphans, rest);
  const std::string from = state.config->name_of(*lost);
  if (!placement.node) {
    if (tell == Tell::everything)
      decide(outcome, Message::no_takeover, Severity::error, *lost, orphans.back(),
             {"N4", format("{} failed and no live node can take over {}", from, names(orphans)),
              std::move(placement.rejected)});
    return;
  }
  const Version version = next_version(state);
  for (const ResourceName& name : orphans) {
    Intent& intent = state.intents[name];
    std::erase_if(intent.stop_on, [&](NodeId n) { return standing_of(state, n) == Standing::failed; });
    intent = {version, placement.node, intent.stop_on, IntentCause::node_failure, false};
    decide(outcome, Message::takeover, Severity::notify, *placement.node, name,
           {"N4",
            format("{} failed: {} goes to {}, the highest-priority live node", from, name.value,
                   state.config->name_of(*placement.node)),
            placement.rejected});
  }
}

}  // namespace holdfast::core
