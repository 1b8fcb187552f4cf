// Who hears whom, and the views that follow; witnesses and watchdogs.
#include <algorithm>

#include "base/format.h"
#include "core/step.h"
#include "sim/partition.h"
#include "simulate/driver.h"

namespace holdfast::simulate {

namespace {

Absence absence_of(const NodeState& node) {
  switch (node.standing) {
    case Standing::waiting:
      return Absence::never_seen;
    case Standing::left:
      return Absence::left_in_order;
    case Standing::set_aside:
      return Absence::set_aside;
    case Standing::config_differs:
      return Absence::config_differs;
    case Standing::daemon_dead:
      return Absence::daemon_dead;
    case Standing::failed:
      return node.loss.given_up ? Absence::daemon_dead : Absence::no_answer;
    case Standing::member:
      break;
  }
  return Absence::no_answer;
}

bool asks_a_witness(QuorumKind kind) {
  return kind == QuorumKind::tcp || kind == QuorumKind::storage || kind == QuorumKind::qdevice;
}

}  // namespace

void Driver::note_network() {
  hears_.assign(machines_.size(), 0);
  for (std::uint32_t a = 1; a <= machines_.size(); ++a)
    for (std::uint32_t b = 1; b <= machines_.size(); ++b)
      if (a == b || network_.connected(NodeId{a}, NodeId{b})) hears_[a - 1] |= std::uint64_t{1} << (b - 1);
}

/// The members that live, by who hears whom.
std::vector<std::vector<NodeId>> Driver::groups_of(std::size_t side) const {
  std::vector<NodeId> living;
  for (std::uint32_t i = 1; i <= machines_.size(); ++i)
    if (machines_[i - 1].alive && machines_[i - 1].side == side) living.push_back(NodeId{i});
  if (living.empty()) return {};
  std::uint64_t all = 0;
  for (const NodeId n : living) all |= std::uint64_t{1} << (n.value - 1);
  const bool whole =
      std::all_of(living.begin(), living.end(), [&](NodeId n) { return (hears_[n.value - 1] & all) == all; });
  if (whole) return {living};
  return sim::partition_of(
             living, [this](NodeId a, NodeId b) { return (hears_[a.value - 1] >> (b.value - 1) & 1) != 0; }, 0)
      .groups;
}

/// L3, L4: after the detection time every side whose members changed has a new view.
void Driver::reach_changed() {
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    Side& side = sides_[i];
    const auto groups = groups_of(i);
    if (groups.empty() || (groups.size() == 1 && groups.front() == side.state.members && !side.frozen)) continue;
    if (groups.size() == 1 && groups.front() == side.state.members && side.frozen) continue;
    side.frozen = true;
    ++side.views;
    due_at(now_ + detection_time(*present_->config, case_), {What::view, {}, i, side.views});
  }
}

void Driver::form_views(std::size_t side) {
  std::vector<std::vector<NodeId>> groups = groups_of(side);
  if (groups.empty()) return;
  const std::vector<Event> waiting = std::exchange(sides_[side].waiting, {});
  sides_[side].frozen = false;
  sides_[side].timers.clear();  // set anew by the view
  for (std::size_t g = 1; g < groups.size(); ++g) {
    sides_.push_back(sides_[side]);
    for (const NodeId node : groups[g]) machines_[node.value - 1].side = sides_.size() - 1;
  }
  const std::size_t first_new = sides_.size() - (groups.size() - 1);
  for (std::size_t g = 0; g < groups.size(); ++g) form_view(g == 0 ? side : first_new + g - 1, groups[g]);
  for (const Event& event : waiting) {
    const auto* change = std::get_if<ResourceChanged>(&event);
    if (change == nullptr) {
      tell(side, event);
    } else if (machines_[change->node.value - 1].alive) {
      tell(side_of(change->node), event);
    }
  }
}

void Driver::form_view(std::size_t place, const std::vector<NodeId>& members) {
  Side& side = sides_[place];
  ViewSynced view;
  view.members = members;
  const NodeFacts& leader = side.state.nodes.at(members.front()).facts;
  view.epoch = {members.front(), leader.incarnation, side.state.epoch.counter + 1000 + side.views};
  for (const auto& [id, node] : side.state.nodes)
    if (std::find(members.begin(), members.end(), id) == members.end()) view.absent.push_back({id, absence_of(node)});
  for (const NodeId member : members) {
    // All know the same: the first one tells it for all of them.
    if (member == members.front()) {
      view.reports.push_back(core::make_report(side.state, side.state.nodes.at(member).facts));
      continue;
    }
    MemberReport report;
    report.own = side.state.nodes.at(member).facts;
    report.settled = side.state.settled;
    report.feature_level = side.state.feature_level;
    view.reports.push_back(std::move(report));
  }
  view.reports.front().feature_level = side.state.feature_level;
  ++side.views;
  if (keep_story_) {
    std::string names;
    for (const NodeId m : members) names += (names.empty() ? "" : " ") + present_->config->name_of(m);
    say(members.front(), {}, "L4", format("new view: {}", names), Severity::notify);
  }
  tell(place, view);
  if (asks_a_witness(present_->config->quorum.kind)) ask_witnesses(place, Micros{20'000});
  run_out_watchdogs(place);
}

void Driver::ask_witnesses(std::size_t place, Micros after) {
  const Side& side = sides_[place];
  const Quorum& quorum = present_->config->quorum;
  for (const NodeId member : side.state.members) due_at(now_ + after, {What::witness, member, place, side.views});
  if (quorum.kind != QuorumKind::storage) return;
  // G1: a mark counts as fresh for four intervals after its node's death.
  Micros stale{-1};
  for (const Machine& m : machines_) stale = std::max(stale, m.died + 4 * quorum.interval + Micros{100'000});
  if (stale > now_ + after)
    for (const NodeId member : side.state.members) due_at(stale, {What::witness, member, place, side.views});
}

/// What a witness that works would say.
WitnessFact Driver::witness_of(std::size_t place, NodeId node) const {
  const Side& side = sides_[place];
  const Quorum& quorum = present_->config->quorum;
  WitnessFact fact;
  fact.epoch = side.state.epoch;
  fact.kind = quorum.kind;
  const bool reached = !network_.isolated(node);
  fact.quorate = reached || quorum.kind == QuorumKind::storage;
  fact.text = fact.quorate ? "the witness answers" : "the witness does not answer";
  if (quorum.kind == QuorumKind::storage)
    for (std::uint32_t i = 1; i <= machines_.size(); ++i) {
      const Machine& m = machines_[i - 1];
      if (m.alive || (m.died.count() >= 0 && m.died + 4 * quorum.interval > now_)) fact.alive.insert(NodeId{i});
    }
  if (quorum.kind != QuorumKind::qdevice || !reached) return fact;
  // Its one vote goes to the greatest side that reaches it, ties to the one with the lowest node (ffsplit).
  std::size_t best = place;
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    const auto& members = sides_[i].state.members;
    const auto& chosen = sides_[best].state.members;
    if (groups_of(i).empty() || network_.isolated(members.front())) continue;
    if (members.size() > chosen.size() || (members.size() == chosen.size() && members.front() < chosen.front()))
      best = i;
  }
  const std::size_t votes = side.state.members.size() + (best == place ? 1 : 0);
  fact.quorate = 2 * votes > present_->config->nodes.size() + 1;
  if (!fact.quorate) fact.text = "the quorum device gives its vote to the other side";
  return fact;
}

/// G4: without quorum a node that still holds something is not fed any more.
void Driver::run_out_watchdogs(std::size_t place) {
  const Side& side = sides_[place];
  const ClusterConfig& config = *present_->config;
  if (config.watchdog.device.empty() || config.quorum.kind == QuorumKind::none) return;
  for (const NodeId member : side.state.members) {
    const bool quorate = config.quorum.kind == QuorumKind::majority
                             ? 2 * side.state.members.size() > config.nodes.size()
                             : witness_of(place, member).quorate;
    if (!quorate && serves(member))
      due_at(now_ + config.watchdog.timeout * 9 / 10, {What::death, member, 0, side.views});
  }
}

}  // namespace holdfast::simulate
