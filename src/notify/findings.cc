#include "notify/findings.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/format.h"
#include "core/knowledge.h"
#include "core/report.h"
#include "notify/wording.h"

namespace holdfast::notify {

namespace {

using core::Message;
using Kind = NotificationKind;

struct Rule {
  Message message;
  Kind kind;
};

/// A kind with several decisions of one step is told once.
constexpr std::array rules{
    Rule{Message::node_failed, Kind::node_failed},
    Rule{Message::daemon_dead, Kind::daemon_dead},
    Rule{Message::node_left, Kind::node_stopped},
    Rule{Message::node_set_aside, Kind::node_set_aside},
    Rule{Message::config_differs, Kind::configuration_differs},
    Rule{Message::in_service_twice, Kind::in_service_twice},
    Rule{Message::removed_lower_priority, Kind::resource_removed},
    Rule{Message::confirm_wanted, Kind::operator_wanted},
    Rule{Message::fence_held, Kind::operator_wanted},
    Rule{Message::fence_limit, Kind::operator_wanted},
    Rule{Message::fencing, Kind::fencing_begun},
    Rule{Message::watchdog_wait, Kind::fencing_begun},
    Rule{Message::node_off, Kind::node_off},
    Rule{Message::fence_failed, Kind::fencing_failed},
    Rule{Message::quorum_lost, Kind::quorum_lost},
    Rule{Message::reset_ordered, Kind::node_reset},
    Rule{Message::resource_failed, Kind::resource_failed},
    Rule{Message::policy_held, Kind::resource_failed},
    Rule{Message::recovery_failed, Kind::recovery_failed},
    Rule{Message::failover, Kind::failover_begun},
    Rule{Message::takeover, Kind::failover_begun},
    Rule{Message::failover_limit, Kind::failover_failed},
    Rule{Message::failed_everywhere, Kind::failover_failed},
    Rule{Message::no_takeover, Kind::takeover_failed},
    Rule{Message::start_failed_linux, Kind::start_failed},
    Rule{Message::start_failed_windows, Kind::start_failed},
    Rule{Message::stop_failed, Kind::stop_failed},
    Rule{Message::adopted, Kind::adopted},
    Rule{Message::no_longer_protected, Kind::unprotected},
    Rule{Message::no_longer_wanted, Kind::unprotected},
    Rule{Message::maintenance, Kind::maintenance},
    Rule{Message::configuration_changed, Kind::configuration_changed},
    Rule{Message::frozen, Kind::defect},
};

std::optional<Kind> kind_of(const Decision& decision) {
  for (const Rule& rule : rules)
    if (decision.message == static_cast<std::uint32_t>(rule.message)) return rule.kind;
  return std::nullopt;
}

bool is(const Decision& decision, Message message) { return decision.message == static_cast<std::uint32_t>(message); }

/// Told with the failure of the node where both come from the same step: what follows from it.
bool follows_from_node_failure(const Decision& decision) {
  return is(decision, Message::takeover) || is(decision, Message::no_takeover) || is(decision, Message::takeover_waits);
}

/// The decisions of one kind in one step.
struct Group {
  std::vector<const Decision*> decisions;
  std::vector<const Decision*> also;  ///< what follows from them
};

std::vector<std::string> resources_of(const Group& group) {
  std::set<ResourceName> names;
  for (const auto* list : {&group.decisions, &group.also})
    for (const Decision* decision : *list)
      if (!decision->resource.value.empty()) names.insert(decision->resource);
  return texts_of(names);
}

std::vector<std::string> nodes_of(const Group& group, const ClusterConfig& config) {
  std::set<NodeId> nodes;
  for (const Decision* decision : group.decisions)
    if (decision->node.value != 0) nodes.insert(decision->node);
  std::vector<std::string> names;
  for (const NodeId node : nodes) names.push_back(config.name_of(node));
  return names;
}

/// `c failed; db-ip and db go to b; for web nothing is taken over yet`
std::string node_failure(const Group& group, const ClusterConfig& config) {
  std::map<NodeId, std::set<ResourceName>> go;
  std::set<ResourceName> none;
  std::set<ResourceName> wait;
  for (const Decision* decision : group.also) {
    if (is(*decision, Message::takeover)) go[decision->node].insert(decision->resource);
    if (is(*decision, Message::no_takeover)) none.insert(decision->resource);
    if (is(*decision, Message::takeover_waits)) wait.insert(decision->resource);
  }
  std::string text = format("{} failed", some_of(nodes_of(group, config)));
  for (const auto& [node, names] : go)
    text += format("; {} {} to {}", some_of(texts_of(names)), names.size() == 1 ? "goes" : "go", config.name_of(node));
  if (!none.empty()) text += format("; nobody can take over {}", some_of(texts_of(none)));
  if (!wait.empty()) text += format("; {} not taken over yet", some_of(texts_of(wait)) + is_or_are(wait.size()));
  if (group.also.empty()) text += "; nothing of it has to be taken over";
  return text;
}

std::string subject_of(Kind kind, const Group& group, const ClusterConfig& config) {
  const std::vector<std::string> resources = resources_of(group);
  if (kind == Kind::node_failed) return node_failure(group, config);
  if (group.decisions.size() == 1) return group.decisions.front()->reason.text;
  const std::string what = some_of(resources.empty() ? nodes_of(group, config) : resources);
  switch (kind) {
    case Kind::in_service_twice:
      return format("{} resources are in service on more than one node: {}", resources.size(), what);
    case Kind::resource_removed:
      return format("{} resources stop on the node with the lower priority: {}", resources.size(), what);
    case Kind::failover_begun:
      return format("failover of {} begins", what);
    case Kind::resource_failed:
      return resources.size() == 1 ? group.decisions.front()->reason.text : format("{} failed", what);
    default:
      return format("{}: {}", name_of(kind), what);
  }
}

/// B5: with a resource stops what stands above it, which is not said of each.
void add_what_stops_with_them(const Group& group, const ClusterState& state, Notification& made) {
  std::set<ResourceName> names;
  for (const Decision* decision : group.decisions) {
    const Intent* intent = intent_for(state, decision->resource);
    if (intent == nullptr) continue;
    for (const auto& [name, nodes] : intent->stops)
      for (const auto& [node, cause] : nodes)
        if (cause == StopCause::runs_twice) names.insert(name);
  }
  for (const std::string& name : made.resources) names.insert(ResourceName{name});
  made.resources = texts_of(names);
  if (group.decisions.size() < names.size())
    made.lines.push_back(format("what stops there: {}", fmt::join(made.resources, ", ")));
}

Notification told_of(Kind kind, const Group& group, const ClusterState& state) {
  const ClusterConfig& config = *state.config;
  Severity severity = Severity::info;
  for (const auto* list : {&group.decisions, &group.also})
    for (const Decision* decision : *list) severity = std::max(severity, decision->severity);
  Notification made = make(state, kind, severity, subject_of(kind, group, config));
  made.resources = resources_of(group);
  if (const auto nodes = nodes_of(group, config); !nodes.empty()) made.node = nodes.front();
  for (const auto* list : {&group.decisions, &group.also})
    for (const Decision* decision : *list) made.lines.push_back(line_of(config, *decision));
  if (kind == Kind::resource_removed) add_what_stops_with_them(group, state, made);
  return made;
}

/// Nodes on which it runs, by what is known.
std::size_t running(const ClusterState& state, const ResourceName& resource) {
  const std::vector<NodeId> holders = core::holders(state, resource);
  return static_cast<std::size_t>(std::count_if(
      holders.begin(), holders.end(), [&](NodeId node) { return holds(core::fact_of(state, node, resource).state); }));
}

}  // namespace

std::vector<Notification> Findings::take(const Event& event, const Outcome& outcome, const ClusterState& state) {
  forget(event, state);
  const bool node_failed = std::any_of(outcome.decisions.begin(), outcome.decisions.end(),
                                       [](const Decision& d) { return is(d, Message::node_failed); });
  std::map<Kind, Group> groups;
  for (const Decision& decision : outcome.decisions) {
    const bool follows = node_failed && follows_from_node_failure(decision);
    const std::optional<Kind> kind = kind_of(decision);
    if ((!kind && !follows) || !is_news(decision, state)) continue;
    if (follows)
      groups[Kind::node_failed].also.push_back(&decision);
    else
      groups[*kind].decisions.push_back(&decision);
  }
  std::vector<Notification> told;
  look_for_nodes(state, told);
  for (const auto& [kind, group] : groups)
    if (!group.decisions.empty()) told.push_back(told_of(kind, group, state));
  return told;
}

bool Findings::is_news(const Decision& decision, const ClusterState& state) {
  std::string text = decision.reason.text;
  if (is(decision, Message::quorum_lost)) text += std::to_string(state.epoch.counter);
  const About about{decision.message, decision.node, decision.resource};
  const auto [said, first] = said_.try_emplace(about, text);
  if (!first && said->second == text) return false;
  said->second = std::move(text);
  return true;
}

/// What is over may be told again when it begins again.
void Findings::forget(const Event& event, const ClusterState& state) {
  const auto* changed = std::get_if<ResourceChanged>(&event);
  const bool all = std::holds_alternative<ViewSynced>(event);
  const bool lasting = changed == nullptr && !all;
  std::erase_if(said_, [&](const auto& entry) {
    const auto& [message, node, resource] = entry.first;
    if (message == static_cast<std::uint32_t>(Message::in_service_twice))
      return (all || (changed != nullptr && changed->resource == resource)) && running(state, resource) < 2;
    if (message == static_cast<std::uint32_t>(Message::maintenance) ||
        message == static_cast<std::uint32_t>(Message::configuration_changed))
      return true;
    if (lasting) return false;
    if (resource.value.empty()) return all && core::is_member(state, node);
    if (all) return running(state, resource) > 0;
    return changed->resource == resource && changed->fact.state == ResourceState::in_service;
  });
}

/// Heard again with the daemon that it had: communication was lost, or it was set aside. A daemon that was started anew
/// tells that itself. And O4: an operator stops a node.
void Findings::look_for_nodes(const ClusterState& state, std::vector<Notification>& told) {
  std::vector<std::string> back;
  for (const auto& [id, node] : state.nodes) {
    const auto [before, first] = nodes_.try_emplace(id, node.standing, node.facts.incarnation);
    const auto [standing, incarnation] = before->second;
    before->second = {node.standing, node.facts.incarnation};
    const bool was_away = !first && standing != Standing::member && standing != Standing::waiting;
    if (was_away && node.standing == Standing::member && incarnation == node.facts.incarnation)
      back.push_back(state.config->name_of(id));
  }
  if (!back.empty()) {
    told.push_back(make(state, NotificationKind::node_back, Severity::notify,
                        format("{}{} heard again", some_of(back), is_or_are(back.size()))));
    told.back().node = back.front();
  }
  for (const auto& [id, pending] : state.requests) {
    if (pending.request.kind != RequestKind::leave || !pending.request.node) continue;
    if (!leaving_.emplace(id, *pending.request.node).second) continue;
    const std::string name = state.config->name_of(*pending.request.node);
    told.push_back(
        make(state, NotificationKind::node_stopping, Severity::notify, format("an operator stops {}", name)));
    told.back().node = name;
  }
}

}  // namespace holdfast::notify
