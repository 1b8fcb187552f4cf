#include "core/merge.h"

#include <algorithm>

#include "base/format.h"
#include "core/config_change.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/merge_intents.h"
#include "core/report.h"
#include "core/step.h"

namespace holdfast::core {

namespace {

bool newer(const NodeFacts& a, const NodeFacts& b) {
  return std::pair(a.incarnation, a.sequence) > std::pair(b.incarnation, b.sequence);
}

Standing standing_for(Absence absence, bool settled, bool given_up) {
  switch (absence) {
    case Absence::never_seen:
      return settled ? Standing::failed : Standing::waiting;  // O1: waited long enough
    case Absence::no_answer:
      return Standing::failed;  // N1
    case Absence::daemon_dead:
      return given_up ? Standing::failed : Standing::daemon_dead;  // N7
    case Absence::left_in_order:
      return Standing::left;  // N5
    case Absence::set_aside:
      return Standing::set_aside;
    case Absence::config_differs:
      return Standing::config_differs;
  }
  return Standing::waiting;
}

/// What was done about an absent node, by all that any member knows of it. What was done about an earlier absence of it
/// counts no more: its facts were newer since.
Loss merged_loss(const ViewSynced& view, NodeId node, const NodeFacts& facts) {
  Loss merged;
  merged.incarnation = facts.incarnation;
  merged.sequence = facts.sequence;
  bool heard_by_some = false;
  bool known = false;
  for (const MemberReport& report : view.reports) {
    const auto loss = report.losses.find(node);
    if (loss == report.losses.end()) continue;
    const Loss& told = loss->second;
    if (std::pair(told.incarnation, told.sequence) != std::pair(merged.incarnation, merged.sequence)) continue;
    known = true;
    heard_by_some = heard_by_some || !told.unseen;
    merged.given_up = merged.given_up || told.given_up;
    merged.consent = std::max(merged.consent, told.consent);
    if (std::pair(told.isolation, told.level) >= std::pair(merged.isolation, merged.level)) {
      merged.text = told.text;
      merged.operation = told.operation;  // without it, a fence agent at work would look like a watchdog running out
    }
    merged.level = std::max(merged.level, told.level);
    merged.isolation = std::max(merged.isolation, told.isolation);
  }
  merged.unseen = known && !heard_by_some;
  return merged;
}

void take_nodes(ClusterState& state, const ViewSynced& view) {
  std::map<NodeId, NodeState> nodes;
  for (const NodeConfig& node : state.config->nodes) nodes[node.id].facts.node = node.id;
  for (const MemberReport& report : view.reports)
    for (const NodeFacts& other : report.others)
      if (const auto n = nodes.find(other.node); n != nodes.end() && newer(other, n->second.facts))
        n->second.facts = other;
  for (const AbsentNode& absent : view.absent)
    if (const auto n = nodes.find(absent.node); n != nodes.end()) {
      n->second.loss = merged_loss(view, absent.node, n->second.facts);
      const bool lives = absent.absence == Absence::daemon_dead || absent.absence == Absence::left_in_order;
      Loss& loss = n->second.loss;
      loss.unseen = absent.absence == Absence::never_seen || (lives && (!state.settled || loss.unseen));
      n->second.standing = standing_for(absent.absence, state.settled, n->second.loss.given_up);
      const bool off = n->second.loss.isolation == Isolation::off;  // an operator or a guard knows better (G3)
      if (off && n->second.standing != Standing::left) n->second.standing = Standing::failed;
    }
  for (const MemberReport& report : view.reports)
    if (const auto n = nodes.find(report.own.node); n != nodes.end()) n->second = {Standing::member, report.own, {}};
  state.nodes = std::move(nodes);
}

/// N5, N7, N1: says once how the absent nodes stand.
void announce(const ClusterState& state, const ViewSynced& view, const std::map<NodeId, NodeState>& before,
              Outcome& outcome) {
  for (const AbsentNode& absent : view.absent) {
    const Standing now = standing_of(state, absent.node);
    const auto old = before.find(absent.node);
    if (old != before.end() && old->second.standing == now) continue;
    const std::string name = state.config->name_of(absent.node);
    switch (now) {
      case Standing::failed:
        decide(outcome, Message::node_failed, Severity::error, absent.node, {},
               {"N1", format("{} does not answer over any link: it failed", name), {}});
        break;
      case Standing::daemon_dead:
        decide(outcome, Message::daemon_dead, Severity::warning, absent.node, {},
               {"N7",
                format("the daemon of {} is dead, the node lives: waiting {} ms for it to come back", name,
                       state.config->daemon_grace.count()),
                {}});
        break;
      case Standing::left:
        decide(outcome, Message::node_left, Severity::notify, absent.node, {},
               {"N5", format("{} left in order: nothing is taken over", name), {}});
        break;
      case Standing::set_aside:
        decide(outcome, Message::node_set_aside, Severity::warning, absent.node, {},
               {"L5", format("{} did not answer the sync: set aside, not failed", name), {}});
        break;
      case Standing::config_differs:
        decide(outcome, Message::config_differs, Severity::error, absent.node, {},
               {"E1",
                format("the configuration of {} is not the one of {}: it takes no part until both are equal", name,
                       state.config->name_of(state.members.front())),
                {}});
        break;
      case Standing::waiting:
      case Standing::member:
        break;
    }
  }
}

}  // namespace

void merge_view(ClusterState& state, const ViewSynced& view, Outcome& outcome) {
  const std::map<NodeId, NodeState> before = std::move(state.nodes);
  state.epoch = view.epoch;
  state.members = view.members;
  state.last_operation = 0;
  state.frozen = false;
  state.feature_level = 0;
  for (const MemberReport& report : view.reports)
    if (state.feature_level == 0 || report.feature_level < state.feature_level)
      state.feature_level = report.feature_level;
  // O1: what these run is not known here before they were members: who is set aside or has a dead daemon lives, and who
  // left in order may have left its resources in service.
  state.settled = std::none_of(view.absent.begin(), view.absent.end(), [](const AbsentNode& a) {
    return a.absence == Absence::never_seen || a.absence == Absence::set_aside || a.absence == Absence::daemon_dead ||
           a.absence == Absence::left_in_order;
  });
  state.now = {};
  state.switches = {};
  std::set<FenceRecord> fenced;
  for (const MemberReport& report : view.reports) {
    state.settled = state.settled || report.settled;
    state.now = std::max(state.now, report.clock);
    if (report.switches.version > state.switches.version) state.switches = report.switches;
    fenced.insert(report.fenced.begin(), report.fenced.end());
  }
  state.stamp = newest_stamp(view);
  state.fenced.assign(fenced.begin(), fenced.end());
  take_nodes(state, view);
  merge_intents(state, view);
  state.requests.clear();
  announce(state, view, before, outcome);
}

MemberReport make_report(const ClusterState& state, NodeFacts own) {
  std::erase_if(own.resources, [](const auto& entry) { return says_nothing(entry.second); });
  MemberReport report{std::move(own), {}, state.intents, state.settled, {}, state.fenced, state.switches, state.now};
  // Of all others, also of members: one of them may be set aside before this sync ends, and what it holds still counts.
  for (const auto& [id, node] : state.nodes)
    if (id != report.own.node && node.facts.incarnation != 0) report.others.push_back(node.facts);
  for (const auto& [id, node] : state.nodes)
    if (node.loss != Loss{}) report.losses[id] = node.loss;
  report.stamp = state.stamp;
  return report;
}

DurableState make_durable(const ClusterState& state, NodeId self, std::uint64_t incarnation, std::string boot) {
  DurableState durable{incarnation, std::move(boot), state.intents, {}, state.switches, state.stamp, state.fenced, {}};
  for (const auto& [id, node] : state.nodes)
    if (id != self && node.facts.incarnation != 0) durable.others.push_back(node.facts);
  if (const auto own = state.nodes.find(self); own != state.nodes.end())
    for (const auto& [name, fact] : own->second.facts.resources) {
      const auto configured = state.config->resources.find(name);
      if (configured != state.config->resources.end() && !runs_on(configured->second, self))
        durable.left_here.insert(name);
    }
  return durable;
}

}  // namespace holdfast::core
