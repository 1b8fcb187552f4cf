#include "core/requests.h"

#include <algorithm>

#include "base/format.h"
#include "core/asked.h"
#include "core/config_change.h"
#include "core/hierarchy.h"
#include "core/losses.h"
#include "core/moves.h"
#include "core/placement.h"

namespace holdfast::core {

namespace {

/// Where something of the hierarchy runs: the node that a start without a node means.
std::optional<NodeId> present_home(const ClusterState& state, const Hierarchy& hierarchy) {
  for (const ResourceName& name : hierarchy.resources)
    for (const NodeId node : holders(state, name))
      if (is_member(state, node) && holds(fact_of(state, node, name).state)) return node;
  return std::nullopt;
}

/// Nodes, other than the target, that run or may run something of the hierarchy; said in words, empty if none.
std::string held_elsewhere(const Asked& asked, NodeId target) {
  for (const ResourceName& name : asked.hierarchy().resources)
    for (const NodeId node : holders(asked.state, name, target)) {
      const ResourceFact& fact = fact_of(asked.state, node, name);
      if (!is_member(asked.state, node)) {
        if (asked.forced()) continue;
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

/// G3: nothing of it runs here, and a node that is absent and not confirmed to be off may have taken it over. Empty:
/// no.
std::string may_run_beyond(const Asked& asked) {
  const ClusterState& state = asked.state;
  const bool here = std::any_of(state.members.begin(), state.members.end(),
                                [&](NodeId member) { return anything_runs(state, member, asked.hierarchy()); });
  if (here || asked.forced()) return {};
  const std::optional<NodeId> other = may_have_taken_over(state, asked.hierarchy());
  if (!other) return {};
  return format(
      "{} could have taken {} over meanwhile, and {}; when it is off: holdfast node confirm-off {}; --force "
      "disregards that",
      asked.name_of(*other), asked.hierarchy().name, why_unclear(state, *other), asked.name_of(*other));
}

/// A stop of this hierarchy that is under way: a start now would pull it apart. Empty if there is none.
std::string still_stopping(const Asked& asked) {
  for (const auto& [name, nodes] : intent_of(asked.state, asked.hierarchy()).stops)
    for (const auto& [node, cause] : nodes)
      if (is_member(asked.state, node))
        return format("{} is still to be stopped on {}; ask again when that has ended", name.value,
                      asked.name_of(node));
  return {};
}

std::string no_place(const Asked& asked, const Placement& placement) {
  std::string why;
  for (const Rejected& r : placement.rejected)
    if (!asked.request.node || r.node == *asked.request.node)
      why += format("{}{}: {}", why.empty() ? "" : "; ", asked.name_of(r.node), r.why);
  if (why.empty())
    why = format("{} is not configured to run on {}", asked.resource(), asked.name_of(*asked.request.node));
  return format("{} cannot start: {}", asked.resource(), why);
}

/// An operator acted: his word counts, and what failed before is forgotten (F7, O6).
Version commit(const Asked& asked, NodeId home, const std::vector<ResourceName>& resources) {
  want_on(asked.state, asked.hierarchy(), home, resources, IntentCause::operator_request);
  Intent& intent = asked.state.intents[asked.hierarchy().key];
  intent.forced = asked.forced();
  forget_failures(intent);
  return intent.version;
}

/// An operator confirms what is so already: nothing changes but that its failures are forgotten (F7).
void acknowledge(const Asked& asked) {
  const Intent& intent = intent_of(asked.state, asked.hierarchy());
  if (!intent.held && intent.moves.empty() && intent.recoveries.empty()) return;
  forget_failures(change_intent(asked.state, asked.hierarchy()));
}

/// A start that would be the same again, as when a new view takes a request up anew: all of it is wanted there, and
/// what failed there is being stopped before it starts (F5).
bool under_way(const Asked& asked, NodeId target, const std::vector<ResourceName>& resources) {
  const Intent& intent = intent_of(asked.state, asked.hierarchy());
  const auto stops_there = [&](const ResourceName& name) {
    const auto stops = intent.stops.find(name);
    return stops != intent.stops.end() && stops->second.contains(target);
  };
  const bool elsewhere = std::any_of(intent.stops.begin(), intent.stops.end(), [&](const auto& stops) {
    return stops.second.size() != 1 || !stops.second.contains(target);
  });
  return intent.home == target && !elsewhere &&
         std::all_of(resources.begin(), resources.end(), [&](const ResourceName& name) {
           const bool failed = fact_of(asked.state, target, name).state == ResourceState::failed;
           return intent.wanted.contains(name) && (!failed || stops_there(name));
         });
}

}  // namespace

void start(const Asked& asked) {
  ClusterState& state = asked.state;
  const auto resources = with_dependencies(*state.config, asked.request.resource);
  if (!state.settled && !asked.forced())
    return asked.refuse(
        "the cluster still waits for nodes it has not heard since it started (startup_wait); --force does not wait");
  const std::optional<NodeId> home = asked.request.node ? asked.request.node : present_home(state, asked.hierarchy());
  const Placement placement = choose_node(state, resources, home);
  if (!placement.node) return asked.refuse(no_place(asked, placement));
  const NodeId target = *placement.node;
  if (fact_of(state, target, asked.request.resource).state == ResourceState::in_service) {
    acknowledge(asked);
    return asked.done(format("{} is in service on {}", asked.resource(), asked.name_of(target)));
  }
  if (const std::string held = held_elsewhere(asked, target); !held.empty()) return asked.refuse(held);
  const bool again = under_way(asked, target, resources);
  if (const std::string beyond = again ? "" : may_run_beyond(asked); !beyond.empty()) return asked.refuse(beyond);
  if (const std::string stopping = again ? "" : still_stopping(asked); !stopping.empty()) return asked.refuse(stopping);

  if (asked.forced()) state.settled = true;  // O1: the operator does not wait
  const Version version = again ? intent_of(state, asked.hierarchy()).version : commit(asked, target, resources);
  asked.accepted(target, version, "O2", format("an operator starts {} on {}", asked.resource(), asked.name_of(target)));
}

void stop(const Asked& asked) {
  ClusterState& state = asked.state;
  const std::optional<NodeId> only = asked.request.node;
  if (only && !is_member(state, *only))
    return asked.refuse(
        format("nothing can be stopped on {}: {}", asked.name_of(*only), words(standing_of(state, *only))));
  const Hierarchy& hierarchy = asked.hierarchy();
  const auto resources = with_dependents(*state.config, *state.hierarchies, asked.request.resource);
  Intent changed = intent_of(state, hierarchy);
  const bool wanted_there = !only || changed.home == only;
  bool anything = false;
  for (const ResourceName& name : resources) {
    anything = anything || (wanted_there && changed.wanted.contains(name));
    for (const NodeId node : places_of(state, name)) {
      if ((only && node != *only) || !is_member(state, node)) continue;
      if (!may_hold(state, node, name) && fact_of(state, node, name).state != ResourceState::failed) continue;
      changed.stops[name].try_emplace(node, StopCause::operator_request);
      anything = true;
    }
  }
  if (!anything) return asked.done(format("{} is out of service", asked.resource()));
  changed.version = next_version(state);
  if (wanted_there)
    for (const ResourceName& name : resources) want_no_more(changed, name);
  // G3: what is left of a start at boot, nobody asked for.
  if (changed.wanted.empty() || changed.cause != IntentCause::startup) changed.cause = IntentCause::operator_request;
  forget_failures(changed);
  state.intents[hierarchy.key] = changed;
  asked.accepted(only, changed.version, "O2",
                 format("an operator stops {}{}", names(resources), only ? " on " + asked.name_of(*only) : ""));
}

namespace {

/// What is in service of a hierarchy or shall be, and what that stands on.
std::vector<ResourceName> moved_by(const ClusterState& state, const Hierarchy& hierarchy) {
  std::vector<ResourceName> moving = wanted_of(state, hierarchy);
  for (const ResourceName& name : hierarchy.resources) {
    const std::vector<NodeId> held = holders(state, name);
    if (std::any_of(held.begin(), held.end(), [&](NodeId node) { return holds(fact_of(state, node, name).state); }))
      moving.push_back(name);
  }
  return with_all_below(*state.config, moving);
}

std::string why_not_moved(const Asked& asked, NodeId target, const std::vector<ResourceName>& moving) {
  const ClusterState& state = asked.state;
  if (const std::string why = why_not(state, target, moving); !why.empty())
    return format("{} cannot take {}: {}", asked.name_of(target), names(moving), why);
  for (const ResourceName& name : moving) {
    for (const NodeId node : holders(state, name, target)) {
      if (is_member(state, node) || asked.forced()) continue;
      return format("{} was {} on {} when it was last heard ({}); --force disregards that", name.value,
                    name_of(fact_of(state, node, name).state), asked.name_of(node), words(standing_of(state, node)));
    }
    if (fact_of(state, target, name).state == ResourceState::failed && !asked.forced())
      return format("{} failed on {} ({}); --force tries again", name.value, asked.name_of(target),
                    fact_of(state, target, name).cause);
  }
  return {};
}

/// F3: whatever of the hierarchy runs or may run on another member is stopped there first.
void stop_elsewhere(ClusterState& state, const Hierarchy& hierarchy, NodeId target) {
  for (const NodeId member : state.members)
    if (member != target) order_stops(state, hierarchy, member, StopCause::operator_request);
}

}  // namespace

void move(const Asked& asked) {
  ClusterState& state = asked.state;
  if (!asked.request.node) return asked.refuse("a move needs a node");
  const NodeId target = *asked.request.node;
  const Hierarchy& hierarchy = asked.hierarchy();
  const std::vector<ResourceName> moving = moved_by(state, hierarchy);
  if (moving.empty())
    return asked.refuse(
        format("nothing of {}'s hierarchy is in service; to start it: holdfast resource start {} --on {}",
               asked.resource(), asked.resource(), asked.name_of(target)));
  if (const std::string why = why_not_moved(asked, target, moving); !why.empty()) return asked.refuse(why);
  const bool held = std::any_of(moving.begin(), moving.end(),
                                [&](const ResourceName& name) { return !holders(state, name, target).empty(); });
  Version version = intent_of(state, hierarchy).version;
  if (held || !under_way(asked, target, moving)) {
    if (const std::string beyond = may_run_beyond(asked); !beyond.empty()) return asked.refuse(beyond);
    version = commit(asked, target, moving);
    stop_elsewhere(state, hierarchy, target);
  } else {
    acknowledge(asked);
    version = intent_of(state, hierarchy).version;
  }
  asked.accepted(target, version, "O2", format("an operator moves {} to {}", names(moving), asked.name_of(target)));
}

void resolve(const Asked& asked) {
  ClusterState& state = asked.state;
  if (!asked.request.node) return asked.refuse("which node keeps it must be named");
  const NodeId keeper = *asked.request.node;
  const Hierarchy& hierarchy = asked.hierarchy();
  if (!is_member(state, keeper))
    return asked.refuse(format("{} cannot keep it: {}", asked.name_of(keeper), words(standing_of(state, keeper))));
  if (!anything_runs(state, keeper, hierarchy))
    return asked.refuse(
        format("nothing of {}'s hierarchy is in service on {}", asked.resource(), asked.name_of(keeper)));
  bool split = false;
  std::vector<ResourceName> wanted;
  for (const ResourceName& name : hierarchy.resources) {
    split = split || !holders(state, name, keeper).empty();
    if (!holders(state, name).empty()) wanted.push_back(name);
  }
  if (!split)
    return asked.done(format("{}'s hierarchy is in service on {} only", asked.resource(), asked.name_of(keeper)));
  const Version version = commit(asked, keeper, wanted);
  stop_elsewhere(state, hierarchy, keeper);
  asked.accepted(
      keeper, version, "B7",
      format("an operator keeps {} on {}: it stops on the other side", names(wanted), asked.name_of(keeper)));
}

namespace {

bool is_about_resource(RequestKind kind) {
  return kind == RequestKind::start || kind == RequestKind::stop || kind == RequestKind::move ||
         kind == RequestKind::resolve;
}

}  // namespace

void accept(ClusterState& state, const Request& request, Outcome& outcome) {
  state.requests[request.id] = PendingRequest{request, std::nullopt, {}};
  const Asked asked{state, request, outcome};
  const bool named = !request.resource.value.empty();
  if ((named || is_about_resource(request.kind)) && !state.hierarchies->of.contains(request.resource))
    return asked.refuse(format("there is no resource {}", request.resource.value));
  if (request.node && state.config->node(*request.node) == nullptr)
    return asked.refuse(format("there is no node {}", request.node->value));
  if (is_about_resource(request.kind) && in_maintenance(state, asked.hierarchy()) && !asked.forced())
    return asked.refuse(
        format("{} is in maintenance: nothing is acted upon; --force acts all the same", request.resource.value));
  switch (request.kind) {
    case RequestKind::start:
      return start(asked);
    case RequestKind::stop:
      return stop(asked);
    case RequestKind::move:
      return move(asked);
    case RequestKind::resolve:
      return resolve(asked);
    case RequestKind::leave:
      return leave(asked);
    case RequestKind::maintenance:
      return switch_maintenance(asked);
    case RequestKind::confirm:
    case RequestKind::confirm_off:
      return answer_for_lost_node(asked);
    case RequestKind::apply:
      return accept_apply(state, request, outcome);
  }
}

}  // namespace holdfast::core
