#include "core/requests.h"

#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/placement.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

/// A request while it is taken up.
struct Asked {
  ClusterState& state;
  const Request& request;
  Outcome& outcome;

  void refuse(std::string why) const { answer(state, outcome, request.id, AnswerKind::refused, std::move(why)); }
  void done(std::string text) const { answer(state, outcome, request.id, AnswerKind::done, std::move(text)); }
  std::string name_of(NodeId node) const { return state.config->name_of(node); }
  const std::string& resource() const { return request.resource.value; }
};

void set_intent(ClusterState& state, const ResourceName& name, std::optional<NodeId> wanted, Version version,
                Force force) {
  Intent& intent = state.intents[name];
  intent.version = version;
  intent.wanted_on = wanted;
  intent.cause = IntentCause::operator_request;
  intent.forced = force == Force::yes;
}

void accepted(const Asked& asked, std::optional<NodeId> target, Version version, std::string text) {
  PendingRequest& pending = asked.state.requests[asked.request.id];
  pending.target = target;
  pending.version = version;
  decide(asked.outcome, Message::request_accepted, Severity::notify, target.value_or(NodeId{0}), asked.request.resource,
         {"O2", std::move(text), {}});
}

/// Where something of the hierarchy is wanted and alive: the node that a start without a node means.
std::optional<NodeId> home_of(const ClusterState& state, const std::vector<ResourceName>& resources) {
  for (const ResourceName& name : resources)
    for (const NodeId node : holders(state, name))
      if (is_member(state, node) && holds(fact_of(state, node, name).state)) return node;
  return std::nullopt;
}

/// Nodes, other than the target, that run or may run one of `resources`; said in words, empty if none.
std::string held_elsewhere(const Asked& asked, const std::vector<ResourceName>& resources, NodeId target) {
  for (const ResourceName& name : resources)
    for (const NodeId node : holders(asked.state, name, target)) {
      const ResourceFact& fact = fact_of(asked.state, node, name);
      if (!is_member(asked.state, node)) {
        if (asked.request.force == Force::yes) continue;
        return format("{} was {} on {} when it was last heard ({}); --force disregards that", name.value,
                      name_of(fact.state), asked.name_of(node), words(standing_of(asked.state, node)));
      }
      if (fact.failure == Failure::stop)
        return format("{} could not be stopped on {}: stop it there first ({})", name.value, asked.name_of(node),
                      fact.cause);
      if (fact.state == ResourceState::unknown)
        return format("it is not known whether {} runs on {}", name.value, asked.name_of(node));
      return format("{} is {} on {}; to bring it to {}: holdfast resource move {} {}", name.value, name_of(fact.state),
                    asked.name_of(node), asked.name_of(target), name.value, asked.name_of(target));
    }
  return {};
}

/// F5: what failed while it was in service may still run here; it is stopped, with all above it, before it starts
/// again.
void stop_remains(ClusterState& state, const ResourceName& resource, NodeId target, Version version) {
  const ResourceFact& fact = fact_of(state, target, resource);
  if (fact.state != ResourceState::failed || !fact.may_run) return;
  for (const ResourceName& name : with_dependents(*state.config, *state.hierarchies, resource)) {
    if (!may_hold(state, target, name)) continue;
    Intent& intent = state.intents[name];
    intent.version = version;
    intent.stop_on.insert(target);
  }
}

/// A stop of this hierarchy that is under way: a start now would pull it apart. Empty if there is none.
std::string still_stopping(const Asked& asked, const Hierarchy& hierarchy) {
  for (const ResourceName& name : hierarchy.resources)
    for (const NodeId node : intent_of(asked.state, name).stop_on)
      if (is_member(asked.state, node))
        return format("{} is still to be stopped on {}; ask again when that has ended", name.value,
                      asked.name_of(node));
  return {};
}

/// N4: one hierarchy is on one node. What else of it is wanted elsewhere and runs nowhere comes along, or stays down.
void bring_along(ClusterState& state, const Hierarchy& hierarchy, NodeId target, Version version) {
  for (const ResourceName& name : hierarchy.resources) {
    const auto& wanted = intent_of(state, name).wanted_on;
    if (!wanted || *wanted == target || !holders(state, name, target).empty()) continue;
    const bool possible = runs_on(state.config->resources.at(name), target);
    set_intent(state, name, possible ? std::optional(target) : std::nullopt, version, Force::no);
  }
}

void start(const Asked& asked) {
  ClusterState& state = asked.state;
  const auto resources = with_dependencies(*state.config, asked.request.resource);
  const Hierarchy& hierarchy = state.hierarchies->all[state.hierarchies->of.at(asked.request.resource)];
  if (!state.settled && asked.request.force == Force::no)
    return asked.refuse(
        "the cluster still waits for nodes it has not heard since it started (startup_wait); --force does not wait");
  const std::optional<NodeId> home = asked.request.node ? std::nullopt : home_of(state, hierarchy.resources);
  const Placement placement = choose_node(state, resources, asked.request.node ? asked.request.node : home);
  if (!placement.node) {
    std::string why;
    for (const Rejected& r : placement.rejected)
      if (!asked.request.node || r.node == *asked.request.node)
        why += format("{}{}: {}", why.empty() ? "" : "; ", asked.name_of(r.node), r.why);
    if (why.empty())
      why = format("{} is not configured to run on {}", asked.resource(), asked.name_of(*asked.request.node));
    return asked.refuse(format("{} cannot start: {}", asked.resource(), why));
  }
  const NodeId target = *placement.node;
  if (fact_of(state, target, asked.request.resource).state == ResourceState::in_service)
    return asked.done(format("{} is in service on {}", asked.resource(), asked.name_of(target)));
  if (const std::string held = held_elsewhere(asked, hierarchy.resources, target); !held.empty())
    return asked.refuse(held);
  if (const std::string stopping = still_stopping(asked, hierarchy); !stopping.empty()) return asked.refuse(stopping);

  if (asked.request.force == Force::yes) state.settled = true;  // O1: the operator does not wait
  const bool under_way = std::all_of(resources.begin(), resources.end(), [&](const ResourceName& name) {
    const Intent& intent = intent_of(state, name);
    return intent.wanted_on == target && intent.stop_on.empty() &&
           fact_of(state, target, name).state != ResourceState::failed;
  });
  const Version version = under_way ? intent_of(state, asked.request.resource).version : next_version(state);
  if (!under_way)
    for (const ResourceName& name : resources) {
      if (intent_of(state, name).wanted_on == target && fact_of(state, target, name).state == ResourceState::in_service)
        continue;
      set_intent(state, name, target, version, asked.request.force);
      state.intents[name].stop_on.erase(target);
      stop_remains(state, name, target, version);
    }
  if (!under_way) bring_along(state, hierarchy, target, version);
  accepted(asked, target, version, format("an operator starts {} on {}", asked.resource(), asked.name_of(target)));
}

void stop(const Asked& asked) {
  ClusterState& state = asked.state;
  const std::optional<NodeId> only = asked.request.node;
  if (only && !is_member(state, *only))
    return asked.refuse(
        format("nothing can be stopped on {}: {}", asked.name_of(*only), words(standing_of(state, *only))));
  const auto resources = with_dependents(*state.config, *state.hierarchies, asked.request.resource);
  const Version version = next_version(state);
  bool anything = false;
  for (const ResourceName& name : resources) {
    const Intent& intent = intent_of(state, name);
    std::set<NodeId> stop_on = intent.stop_on;
    for (const NodeId node : state.config->resources.at(name).nodes) {
      if ((only && node != *only) || !is_member(state, node)) continue;
      if (may_hold(state, node, name) || fact_of(state, node, name).state == ResourceState::failed)
        stop_on.insert(node);
    }
    const bool unwanted = intent.wanted_on && (!only || intent.wanted_on == *only);
    if (!unwanted && stop_on.empty()) continue;
    anything = true;
    set_intent(state, name, unwanted ? std::nullopt : intent.wanted_on, version, Force::no);
    state.intents[name].stop_on = std::move(stop_on);
  }
  if (!anything) return asked.done(format("{} is out of service", asked.resource()));
  accepted(asked, only, version,
           format("an operator stops {}{}", names(resources), only ? " on " + asked.name_of(*only) : ""));
}

/// What is in service of a hierarchy or shall be, and what that stands on.
std::vector<ResourceName> moved_by(const ClusterState& state, const Hierarchy& hierarchy) {
  std::vector<ResourceName> moving;
  for (const ResourceName& name : hierarchy.resources) {
    const std::vector<NodeId> held = holders(state, name);
    const bool runs =
        std::any_of(held.begin(), held.end(), [&](NodeId node) { return holds(fact_of(state, node, name).state); });
    if (intent_of(state, name).wanted_on || runs) moving.push_back(name);
  }
  return with_all_below(*state.config, moving);
}

/// F3: whatever of the hierarchy runs or may run on another member is stopped there first, also what is not to be
/// moved.
void order_stops_elsewhere(ClusterState& state, const Hierarchy& hierarchy, NodeId target, Version version) {
  for (const ResourceName& name : hierarchy.resources) {
    std::set<NodeId> stop_on;
    for (const NodeId node : holders(state, name, target))
      if (is_member(state, node)) stop_on.insert(node);
    Intent& intent = state.intents[name];
    if (intent.version != version && !stop_on.empty()) intent.version = version;
    if (intent.version == version) intent.stop_on = std::move(stop_on);
  }
}

void move(const Asked& asked) {
  ClusterState& state = asked.state;
  if (!asked.request.node) return asked.refuse("a move needs a node");
  const NodeId target = *asked.request.node;
  const Hierarchy& hierarchy = state.hierarchies->all[state.hierarchies->of.at(asked.request.resource)];
  const std::vector<ResourceName> moving = moved_by(state, hierarchy);
  const bool all_there = std::all_of(moving.begin(), moving.end(), [&](const ResourceName& name) {
    const Intent& intent = intent_of(state, name);
    return intent.wanted_on == target && holders(state, name, target).empty() && intent.stop_on.empty();
  });
  if (moving.empty())
    return asked.refuse(
        format("nothing of {}'s hierarchy is in service; to start it: holdfast resource start {} --on {}",
               asked.resource(), asked.resource(), asked.name_of(target)));
  if (const std::string why = why_not(state, target, moving); !why.empty())
    return asked.refuse(format("{} cannot take {}: {}", asked.name_of(target), names(moving), why));
  for (const ResourceName& name : moving) {
    for (const NodeId node : holders(state, name, target)) {
      if (is_member(state, node) || asked.request.force == Force::yes) continue;
      return asked.refuse(format("{} was {} on {} when it was last heard ({}); --force disregards that", name.value,
                                 name_of(fact_of(state, node, name).state), asked.name_of(node),
                                 words(standing_of(state, node))));
    }
    if (fact_of(state, target, name).state == ResourceState::failed && asked.request.force == Force::no)
      return asked.refuse(format("{} failed on {} ({}); --force tries again", name.value, asked.name_of(target),
                                 fact_of(state, target, name).cause));
  }
  const Version version = all_there ? intent_of(state, asked.request.resource).version : next_version(state);
  if (!all_there) {
    for (const ResourceName& name : moving) set_intent(state, name, target, version, asked.request.force);
    order_stops_elsewhere(state, hierarchy, target, version);
  }
  accepted(asked, target, version, format("an operator moves {} to {}", names(moving), asked.name_of(target)));
}

}  // namespace

void accept(ClusterState& state, const Request& request, Outcome& outcome) {
  state.requests[request.id] = PendingRequest{request, std::nullopt, {}};
  const Asked asked{state, request, outcome};
  if (!state.hierarchies->of.contains(request.resource))
    return asked.refuse(format("there is no resource {}", request.resource.value));
  if (request.node && state.config->node(*request.node) == nullptr)
    return asked.refuse(format("there is no node {}", request.node->value));
  switch (request.kind) {
    case RequestKind::start:
      return start(asked);
    case RequestKind::stop:
      return stop(asked);
    case RequestKind::move:
      return move(asked);
    default:
      return asked.refuse("this is not known here yet");
  }
}

}  // namespace holdfast::core
