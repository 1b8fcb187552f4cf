// Why a configuration may not replace the present one now; and what it means for what runs.
#include <algorithm>
#include <optional>
#include <set>

#include "base/format.h"
#include "core/config_change.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"

namespace holdfast::core {

namespace {

using Lines = std::vector<std::string>;

/// Members on which the resource is in service or on its way; with `also` those on which it may run.
std::vector<NodeId> held_on(const ClusterState& state, const ResourceName& name) {
  std::vector<NodeId> nodes;
  for (const auto& [id, node] : state.nodes)
    if (node.facts.resources.contains(name) && may_hold(state, id, name)) nodes.push_back(id);
  return nodes;
}

std::string names_of(const ClusterState& state, const std::vector<NodeId>& nodes) {
  std::string text;
  for (const NodeId node : nodes) text += (text.empty() ? "" : ", ") + state.config->name_of(node);
  return text;
}

bool under_way(const ClusterState& state, const ResourceName& name, NodeId node) {
  const ResourceState s = fact_of(state, node, name).state;
  return s == ResourceState::starting || s == ResourceState::stopping || s == ResourceState::recovering;
}

void check_cluster(const ClusterState& state, const ClusterConfig& next, Lines& lines) {
  const ClusterConfig& now = *state.config;
  const auto fixed = [&](const char* setting, bool equal) {
    if (!equal)
      lines.push_back(
          format("cluster: {} cannot change while the cluster runs: stop holdfastd on all nodes, change "
                 "the file on all, and start them",
                 setting));
  };
  fixed("name", now.name == next.name);
  fixed("engine", now.engine == next.engine);
  fixed("port", now.port == next.port);
  fixed("key_file", now.key_file == next.key_file);
  // Corosync counts the votes of a quorum device from its start on; the watchdog is opened when the daemon starts.
  Quorum quorum = next.quorum;
  quorum.loss = now.quorum.loss;
  const bool device = now.quorum.kind == QuorumKind::qdevice || next.quorum.kind == QuorumKind::qdevice;
  fixed("quorum", !device || quorum == now.quorum);
  fixed("watchdog", now.watchdog == next.watchdog);
  const auto ids = [](const ClusterConfig& config) {
    std::vector<NodeId> all;
    for (const NodeConfig& node : config.nodes) all.push_back(node.id);
    return all;
  };
  fixed("the list of nodes, with this quorum,", !device || ids(now) == ids(next));
}

/// An id stays with its node for ever: what is remembered of the node is known by it.
void check_ids(const ClusterState& state, const ClusterConfig& next, Lines& lines) {
  for (const NodeConfig& node : next.nodes) {
    const NodeConfig* by_name = state.config->node(node.name);
    if (by_name != nullptr && by_name->id != node.id) {
      lines.push_back(format("node {}: its id is {} and would be {}: write id = {} under its name", node.name,
                             by_name->id.value, node.id.value, by_name->id.value));
      continue;
    }
    const NodeConfig* by_id = state.config->node(node.id);
    if (by_name != nullptr || by_id == nullptr) continue;
    std::uint32_t free = 1;
    while (state.config->node(NodeId{free}) != nullptr || (next.node(NodeId{free}) != nullptr && free != 0)) ++free;
    lines.push_back(format("node {}: id {} is that of {}: write id = {} under its name", node.name, node.id.value,
                           by_id->name, free));
  }
}

void check_removed_nodes(const ClusterState& state, const ClusterConfig& next, Lines& lines) {
  for (const NodeConfig& node : state.config->nodes) {
    if (next.node(node.name) != nullptr) continue;
    std::vector<ResourceName> held;
    for (const auto& [name, resource] : state.config->resources)
      if (may_hold(state, node.id, name)) held.push_back(name);
    const bool runs = !held.empty();
    for (const auto& [name, resource] : state.config->resources)
      if (!runs && wanted_on(state, name) == node.id) held.push_back(name);  // it left with its node (N5, O1)
    if (held.empty()) continue;
    lines.push_back(
        format("node {}: cannot be removed while {} is {} there: move it first, for example: holdfast resource move {} "
               "NODE",
               node.name, names(held), runs ? "in service" : "to come up again", held.front().value));
  }
}

/// G2: those that are here must not lose their quorum by the change itself, for it stops what runs.
void check_majority(const ClusterState& state, const ClusterConfig& next, Lines& lines) {
  const auto lacks = [](const ClusterConfig& config, std::size_t members) {
    return config.quorum.kind == QuorumKind::majority && members * 2 <= config.nodes.size();
  };
  const auto stay = static_cast<std::size_t>(std::count_if(state.members.begin(), state.members.end(),
                                                           [&](NodeId node) { return next.node(node) != nullptr; }));
  if (lacks(*state.config, state.members.size()) || !lacks(next, stay)) return;
  lines.push_back(
      format("quorum: {} of {} nodes would be here, which is no majority, and what runs would be stopped: add fewer "
             "nodes at once and start each before the next, or start those that are away first",
             stay, next.nodes.size()));
}

void check_resource(const ClusterState& state, const ClusterConfig& next, const ResourceConfig& now, Lines& lines) {
  const std::vector<NodeId> held = held_on(state, now.name);
  const auto after = next.resources.find(now.name);
  for (const NodeId node : held)
    if (under_way(state, now.name, node) && (after == next.resources.end() || !(after->second == now)))
      lines.push_back(format("resource {}: it is {} on {}: apply again when that has ended", now.name.value,
                             name_of(fact_of(state, node, now.name).state), state.config->name_of(node)));
  if (after == next.resources.end()) return;
  const std::optional<NodeId> home = wanted_on(state, now.name);
  const bool runs_there = home && std::find(held.begin(), held.end(), *home) != held.end();
  if (home && !runs_there && next.node(*home) != nullptr && !runs_on(after->second, *home))
    lines.push_back(
        format("resource {}: {} cannot be taken from its nodes while it is to come up there again: move it first: "
               "holdfast resource move {} NODE",
               now.name.value, state.config->name_of(*home), now.name.value));
  std::set<NodeId> places(held.begin(), held.end());
  std::erase_if(places, [&](NodeId node) { return !runs_on(now, node); });  // B8: taken from its list before
  if (home) places.insert(*home);
  for (const NodeId node : places)
    for (const ResourceName& below : with_dependencies(next, now.name))
      if (below != now.name && next.node(node) != nullptr && !runs_on(next.resources.at(below), node))
        lines.push_back(
            format("resource {}: {}, on which it would stand, cannot run on {}, where it is: give it that node",
                   now.name.value, below.value, state.config->name_of(node)));
  if (held.empty()) return;
  const bool agent = after->second.agent != now.agent;
  if (agent || after->second.parameters != now.parameters)
    lines.push_back(
        format("resource {}: its {} cannot change while it is in service on {}: stop it first: holdfast "
               "resource stop {}",
               now.name.value, agent ? "agent" : "parameters", names_of(state, held), now.name.value));
  for (const NodeId node : held)
    if (next.node(node) != nullptr && runs_on(now, node) && !runs_on(after->second, node))
      lines.push_back(
          format("resource {}: {} cannot be taken from its nodes while it is in service there: move it "
                 "first: holdfast resource move {} NODE",
                 now.name.value, state.config->name_of(node), now.name.value));
}

/// What an operator asked of a hierarchy, or what is being stopped in it, ends before it becomes another one: a stop
/// would be of what runs upon it, too.
void check_changed_hierarchies(const ClusterState& state, const ClusterConfig& next, Lines& lines) {
  const auto shape = [](const ClusterConfig& config, const Hierarchy& hierarchy) {
    std::map<ResourceName, std::vector<ResourceName>> stands_on;
    for (const ResourceName& name : hierarchy.resources) stands_on[name] = config.resources.at(name).depends_on;
    return stands_on;
  };
  std::set<std::map<ResourceName, std::vector<ResourceName>>> after;
  for (const Hierarchy& hierarchy : hierarchies_of(next).all) after.insert(shape(next, hierarchy));
  for (const Hierarchy& hierarchy : state.hierarchies->all) {
    if (intent_of(state, hierarchy).stops.empty() && !is_asked_for(state, hierarchy)) continue;
    if (after.contains(shape(*state.config, hierarchy))) continue;
    lines.push_back(format(
        "resource {}: a start or stop of its hierarchy is under way: apply again when that has ended", hierarchy.name));
  }
}

/// A hierarchy is on one node (N4): what runs on different ones cannot become one.
void check_joined(const ClusterState& state, const ClusterConfig& next, Lines& lines) {
  for (const Hierarchy& hierarchy : hierarchies_of(next).all) {
    std::map<std::size_t, std::pair<NodeId, ResourceName>> parts;  // by present hierarchy
    for (const ResourceName& name : hierarchy.resources) {
      const auto part = state.hierarchies->of.find(name);
      const std::vector<NodeId> held = held_on(state, name);
      if (part != state.hierarchies->of.end() && !held.empty()) parts.try_emplace(part->second, held.front(), name);
    }
    for (const auto& [part, place] : parts) {
      const auto& first = parts.begin()->second;
      if (place.first == first.first) continue;
      lines.push_back(
          format("resource {}: it would be joined with {}, which is in service on {}, and it is on {}: "
                 "bring both to one node first: holdfast resource move {} {}",
                 place.second.value, first.second.value, state.config->name_of(first.first),
                 state.config->name_of(place.first), place.second.value, state.config->name_of(first.first)));
    }
  }
}

}  // namespace

std::vector<std::string> why_refused(const ClusterState& state, const ClusterConfig& next) {
  Lines lines;
  check_cluster(state, next, lines);
  check_ids(state, next, lines);
  check_removed_nodes(state, next, lines);
  check_majority(state, next, lines);
  for (const auto& [name, resource] : state.config->resources) check_resource(state, next, resource, lines);
  check_changed_hierarchies(state, next, lines);
  check_joined(state, next, lines);
  return lines.empty() ? stops_by(state, next) : lines;
}

std::vector<std::string> consequences(const ClusterState& state, const ClusterConfig& next) {
  Lines lines;
  for (const auto& [name, resource] : state.config->resources) {
    if (next.resources.contains(name)) continue;
    if (const auto held = held_on(state, name); !held.empty())
      lines.push_back(
          format("{} goes on running on {} and is no longer protected: nothing watches, stops or takes it "
                 "over",
                 name.value, names_of(state, held)));
  }
  std::set<ResourceName> started;
  for (const auto& [name, resource] : next.resources) {
    const std::vector<NodeId> held = held_on(state, name);
    if (held.empty()) continue;
    for (const ResourceName& below : with_dependencies(next, name))
      if (held_on(state, below).empty() && started.insert(below).second)
        lines.push_back(format("{} is started on {}: {}, which is in service there, stands on it from then on",
                               below.value, state.config->name_of(held.front()), name.value));
  }
  for (const auto& [name, resource] : next.resources)
    if (!state.config->resources.contains(name) && !started.contains(name))
      lines.push_back(format("{} is new and stays out of service: holdfast resource start {}", name.value, name.value));
  for (const NodeConfig& node : next.nodes)
    if (state.config->node(node.name) == nullptr)
      lines.push_back(format("{} joins when the file and the key are on it and its holdfastd is started", node.name));
  for (const NodeConfig& node : state.config->nodes)
    if (next.node(node.name) == nullptr && is_member(state, node.id))
      lines.push_back(format("the holdfastd of {} leaves", node.name));
  return lines;
}

}  // namespace holdfast::core
