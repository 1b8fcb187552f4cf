#include "sim/random/stop_reasons.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "core/hierarchy.h"
#include "model/names.h"

namespace holdfast::sim {

void StopReasons::on_request(const Request& request, const Hierarchies& hierarchies) {
  if (request.kind == RequestKind::leave && request.node) leaving_.insert(*request.node);
  asked_.mark(request.resource, hierarchies);
}

void StopReasons::on_configuration(NodeId node, const ClusterState& state) {
  const auto before = std::exchange(configs_[node], state.config);
  if (!before) return;
  windows_before_ = windows_before_ || before->profile == Profile::windows_like;
  inherit(*before);
}

/// What was ordered for the whole of a hierarchy goes on in its parts.
void StopReasons::inherit(const ClusterConfig& before) {
  const Hierarchies hierarchies = core::hierarchies_of(before);
  for (const auto& [node, failed] : failed_)
    for (const ResourceName& name : joined_to(failed, hierarchies)) inherited_.insert({node, name});
  for (const auto& [node, ran] : std::set<Place>(twice_))
    for (const ResourceName& name : core::with_dependents(before, hierarchies, ran)) twice_.insert({node, name});
}

void StopReasons::on_disk(NodeId node, bool works) {
  if (works)
    forgetful_.erase(node);
  else
    forgetful_.insert(node);
}

void StopReasons::on_event(NodeId node, const Event& event, const ClusterState& state) {
  if (const auto* change = std::get_if<ResourceChanged>(&event)) {
    if (!state.hierarchies->of.contains(change->resource)) return;
    note_fact(node, change->node, change->resource, change->fact);
    if (change->fact.state == ResourceState::in_service) note_twice(change->resource, state);
  }
  const auto* view = std::get_if<ViewSynced>(&event);
  if (view == nullptr) return;
  for (const MemberReport& report : view->reports)
    for (const auto& [resource, fact] : report.own.resources) note_fact(node, report.own.node, resource, fact);
  for (const auto& [resource, hierarchy] : state.hierarchies->of) note_twice(resource, state);
}

/// A failure counts from whoever hears of it first; its end only when its own node takes it in, as that node decides.
void StopReasons::note_fact(NodeId node, NodeId teller, const ResourceName& resource, const ResourceFact& fact) {
  if (fact.state == ResourceState::failed) failed_.insert({teller, resource});
  if (fact.state == ResourceState::in_service && node == teller) is_past({teller, resource});
}

void StopReasons::is_past(const Place& failure) {
  if (failed_.contains(failure) && forgetful_.contains(failure.first)) unforgotten_.insert(failure);
  if (!unforgotten_.contains(failure)) failed_.erase(failure);
}

void StopReasons::note_twice(const ResourceName& resource, const ClusterState& state) {
  const auto holds_it = [&](NodeId member) {
    const auto& facts = state.nodes.at(member).facts.resources;
    const auto fact = facts.find(resource);
    return fact != facts.end() && holds(fact->second.state);
  };
  if (std::count_if(state.members.begin(), state.members.end(), holds_it) < 2) return;
  for (const NodeId member : state.members)
    if (holds_it(member)) twice_.insert({member, resource});
}

void StopReasons::on_start(const RunOperation& start) {
  is_past({start.node, start.resource});
  twice_.erase({start.node, start.resource});
  begun_.erase({start.node, start.resource});
}

bool StopReasons::failed_in(const std::vector<ResourceName>& hierarchy, NodeId node) const {
  return std::any_of(hierarchy.begin(), hierarchy.end(), [&](const ResourceName& name) {
    return failed_.contains({node, name}) || inherited_.contains({node, name});
  });
}

bool StopReasons::ran_twice_below(const RunOperation& stop, const ClusterState& state) const {
  const std::vector<ResourceName> below = core::with_dependencies(*state.config, stop.resource);
  return std::any_of(below.begin(), below.end(), [&](const ResourceName& name) {
    return twice_.contains({stop.node, name});
  });
}

std::optional<std::string> StopReasons::against(const RunOperation& action, const ClusterState& state) {
  const std::vector<ResourceName>& hierarchy = joined_to(action.resource, *state.hierarchies);
  const std::string& rule = action.reason.rule;
  const bool windows = state.config->profile == Profile::windows_like;
  const bool failed_here = failed_in(hierarchy, action.node);
  const auto unless = [](bool allowed, const char* why) {
    return allowed ? std::nullopt : std::optional<std::string>(why);
  };
  if (rule == "O2")
    return unless(asked_.contain(action.resource, *state.hierarchies),
                  "no operator asked for anything in its hierarchy");
  if (rule == "O4") return unless(!leaving_.empty(), "no node was asked to leave");
  // What was ordered to stop for want of quorum stops also if quorum is back by then, before it starts again.
  const bool quorum_was_lost = rule == "F5" && state.config->quorum.kind != QuorumKind::none;
  if (rule == "F5") return unless(failed_here || quorum_was_lost, "nothing of its hierarchy failed there (F2)");
  const bool goes_home = std::any_of(hierarchy.begin(), hierarchy.end(), [&](const ResourceName& name) {
    return state.config->resources.at(name).switchback == Switchback::automatic;
  });
  const bool for_failure = failed_here && (rule == "F3" || (rule == "S2" && windows));
  if (for_failure || (rule == "O3" && goes_home))  // also what has become well, or is configured otherwise, by then
    for (const ResourceName& name : hierarchy) begun_.insert({action.node, name});
  const bool begun = begun_.contains({action.node, action.resource});
  if (rule == "F3") return unless(begun, "nothing of its hierarchy failed there (F2)");
  if (rule == "S2") return unless(begun, "no failover failed there under profile windows");
  if (rule == "B5")
    return unless((windows || windows_before_) && ran_twice_below(action, state),
                  "it ran on one member only, or profile linux");
  if (rule == "G2") return unless(state.config->quorum.kind != QuorumKind::none, "no quorum is configured");
  if (rule == "O3") return unless(begun, "nothing of it goes home by itself");
  return "that is no reason to stop anything (N3)";
}

}  // namespace holdfast::sim
