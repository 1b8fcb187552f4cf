#include "sim/random/live_changes.h"

#include <algorithm>

#include "base/format.h"
#include "model/names.h"

namespace holdfast::sim {

namespace {

constexpr Micros quiet_time{500000};

bool adopts(const Outcome& outcome) {
  return std::any_of(outcome.actions.begin(), outcome.actions.end(),
                     [](const Action& action) { return std::holds_alternative<AdoptConfiguration>(action); });
}

const AnswerRequest* answer_to(const Request& request, const Outcome& outcome) {
  for (const Action& action : outcome.actions)
    if (const auto* answer = std::get_if<AnswerRequest>(&action); answer != nullptr && answer->request == request.id)
      return answer;
  return nullptr;
}

bool may_run_on(const ResourceConfig& resource, NodeId node) {
  return std::find(resource.nodes.begin(), resource.nodes.end(), node) != resource.nodes.end();
}

/// An apply that was not answered in the view before is taken up by the next one.
bool was_asked_before(const Event& event, const ConfigStamp& adopted) {
  const auto* view = std::get_if<ViewSynced>(&event);
  if (view == nullptr) return false;
  return std::any_of(view->reports.begin(), view->reports.end(), [&](const MemberReport& report) {
    return std::any_of(report.own.requests.begin(), report.own.requests.end(), [&](const auto& entry) {
      const auto& proposal = entry.second.proposal;
      return proposal && proposal->digest == adopted.digest && proposal->base == adopted.lineage.back();
    });
  });
}

/// What is ordered now; rarely anything.
std::set<std::pair<NodeId, ResourceName>> stops_of(const ClusterState& state) {
  std::set<std::pair<NodeId, ResourceName>> stops;
  for (const auto& [key, intent] : state.intents)
    for (const auto& [resource, nodes] : intent.stops)
      for (const auto& [node, cause] : nodes) stops.insert({node, resource});
  return stops;
}

}  // namespace

std::optional<std::string> LiveChanges::on_step(NodeId node, Instant now, const Event& event, const Outcome& outcome,
                                                const ClusterState& state) {
  Seen& seen = seen_[node];
  seen.quiet = seen.stops.empty() && now - seen.last >= quiet_time;
  seen.last = now;
  Broken broken;
  if (const auto* asked = std::get_if<Requested>(&event);
      asked != nullptr && asked->request.kind == RequestKind::apply && asked->request.proposal && seen.config)
    broken = check_asked(seen, asked->request, outcome, state);
  else if (adopts(outcome) && !was_asked_before(event, state.stamp))
    broken = "a configuration is adopted that nobody asked for (V9)";
  if (adopts(outcome)) ++adopted_;
  seen.config = state.config;
  if (seen.members != state.members) seen.members = state.members;
  if (seen.stamp != state.stamp) seen.stamp = state.stamp;
  seen.stops = stops_of(state);
  return broken;
}

LiveChanges::Broken LiveChanges::check_asked(const Seen& before, const Request& request, const Outcome& outcome,
                                             const ClusterState& state) const {
  const ConfigProposal& proposal = *request.proposal;
  if (proposal.digest == before.stamp.digest) {
    if (adopts(outcome) || state.config != before.config) return "the same configuration is adopted twice (V9)";
    return check_unchanged(before, outcome);
  }
  const bool out_of_date = proposal.base != before.stamp.digest;
  const bool minority = before.members.size() * 2 <= before.config->nodes.size() && request.force == Force::no;
  if (!adopts(outcome)) {
    const AnswerRequest* answer = answer_to(request, outcome);
    if (answer == nullptr || answer->kind != AnswerKind::refused) return "an apply is neither adopted nor refused (V9)";
    if (state.config != before.config) return "an apply was refused, and the configuration is another one (E1)";
    return check_unchanged(before, outcome);
  }
  if (out_of_date) return "a configuration is adopted that was planned against another one (V9)";
  if (minority) return "a configuration is adopted by less than a majority, and nobody forced it (V9)";
  if (state.stamp.generation != before.stamp.generation + 1 || state.stamp.digest != proposal.digest)
    return format("configuration {} follows on {} (V9)", state.stamp.generation, before.stamp.generation);
  return check_adopted(before, state);
}

/// Nothing is started or stopped because of it (a recovery may be due by the time alone, F6); but where more is going
/// on, an event may come just when that goes on.
LiveChanges::Broken LiveChanges::check_unchanged(const Seen& before, const Outcome& outcome) const {
  if (!before.quiet || !no_faults_) return std::nullopt;
  for (const Action& action : outcome.actions)
    if (const auto* run = std::get_if<RunOperation>(&action); run != nullptr && run->kind != OperationKind::recover)
      return format("an apply that changes nothing leads to a {} of {} (V9)", name_of(run->kind), run->resource.value);
  return std::nullopt;
}

LiveChanges::Broken LiveChanges::check_adopted(const Seen& before, const ClusterState& state) const {
  if (Broken broken = check_held(before, state)) return broken;
  return check_new_stops(before, state);
}

/// What runs on a member stays configured there as what it is, or is not configured at all any more.
LiveChanges::Broken LiveChanges::check_held(const Seen& before, const ClusterState& state) const {
  for (const auto& [name, old] : before.config->resources) {
    const auto now = state.config->resources.find(name);
    for (const NodeConfig& node : before.config->nodes) {
      const bool member = std::find(before.members.begin(), before.members.end(), node.id) != before.members.end();
      if (!member || !runs_(node.id, name)) continue;
      const auto known = state.nodes.find(node.id);
      const bool removed = known == state.nodes.end();
      if (removed && now != state.config->resources.end())
        return format("{} is removed while {} runs there (O7)", node.name, name.value);
      if (removed || now == state.config->resources.end()) continue;
      if (may_run_on(old, node.id) && !may_run_on(now->second, node.id))
        return format("{} is taken from the nodes of {}, which runs there (O7)", node.name, name.value);
      if (now->second.agent != old.agent)
        return format("the agent of {} changes while it runs on {} (O7)", name.value, node.name);
    }
  }
  return std::nullopt;
}

/// O7: no stop is ordered; but what was held back by a setting may be due when that changes, and what was due for
/// another reason (B5) with any event.
LiveChanges::Broken LiveChanges::check_new_stops(const Seen& before, const ClusterState& state) {
  for (const auto& [key, intent] : state.intents)
    for (const auto& [resource, nodes] : intent.stops)
      for (const auto& [node, cause] : nodes) {
        if (before.stops.contains({node, resource})) continue;
        const bool quorum = cause == StopCause::quorum && state.config->quorum.kind != QuorumKind::none;
        const bool due = cause == StopCause::runs_twice && before.config->profile == Profile::windows_like;
        const bool failed = cause == StopCause::failed || cause == StopCause::restart;  // a policy forbade it
        if (!quorum && !due && !failed)
          return format("a live change orders a stop of {} on {} (O7)", resource.value, state.config->name_of(node));
      }
  return std::nullopt;
}

}  // namespace holdfast::sim
