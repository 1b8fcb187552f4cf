// What must hold once the faults are over and the cluster has come to rest.
#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "model/names.h"
#include "sim/random/invariants.h"

namespace holdfast::sim {

/// Of a member that has a synced view and the latest configuration.
const ClusterState* Invariants::last_state() const {
  const ClusterState* last = nullptr;
  for (const NodeConfig& n : world_.config().nodes)
    if (const runtime::Node* daemon = world_.daemon(n.id); daemon != nullptr && daemon->synced())
      if (last == nullptr || last->stamp.generation < daemon->state().stamp.generation) last = &daemon->state();
  return last;
}

/// Every configured node is a member, and has the configuration in its file; no other one has a daemon (O7).
void Invariants::check_configured(NodeId node, const ClusterState& state) {
  const runtime::Node* daemon = world_.daemon(node);
  if (state.config->node(node) == nullptr) {
    // Who was cut off when it was removed is shut out, and hears of it from nobody.
    for (const NodeId member : state.members)
      if (daemon != nullptr && world_.in_one_ring(node, member))
        violate(format("at rest the daemon of {} runs, though the node was removed", name(node)));
    return;
  }
  if (daemon == nullptr || !daemon->synced()) return violate(format("at rest {} has no synced view", name(node)));
  if (daemon->state().members.size() != state.config->nodes.size())
    return violate(format("at rest the view of {} is not whole", name(node)));
  if (!(state == daemon->state())) return violate(format("at rest the state of {} is another one", name(node)));
  const auto file = world_.file_on(node);
  if (!file || !(*file == *state.config)) violate(format("at rest the file of {} is another one (V9)", name(node)));
}

void Invariants::check_rest() {
  const ClusterState* first = last_state();
  if (first == nullptr) return violate("at rest no node has a synced view");
  for (const NodeConfig& n : world_.config().nodes) check_configured(n.id, *first);
  if (violation_) return;
  check_answers();
  check_served(*first);
  check_wanted(*first);
  check_beliefs(*first);
}

/// Every request gets exactly one final answer, if the daemon that was asked still lives.
void Invariants::check_answers() {
  for (const auto& [number, origin] : open_requests_)
    if (lives_[origin.first] == origin.second)
      violate(format("at rest request {} to {} has no answer", number, name(origin.first)));
}

/// N2, N4, O1: what was in service still is, somewhere, unless something of its hierarchy failed, ran on two sides of a
/// cut, or an operator stopped or moved it, or nobody can know of it any more.
void Invariants::check_served(const ClusterState& state) {
  for (const auto& [resource, place] : served_) {
    const Hierarchies& now = *state.hierarchies;
    if (!now.of.contains(resource)) continue;  // it was removed: nobody cares for it any more (O7)
    if (asked_hierarchies_.contain(resource, now) || failed_hierarchies_.contain(resource, now)) continue;
    // A side that did not know where it runs took that node from its list: that is told (O7, B8).
    const std::vector<NodeId>& nodes = state.config->resources.at(resource).nodes;
    if (std::find(nodes.begin(), nodes.end(), place) == nodes.end()) continue;
    if (forgotten_hierarchies_.contain(resource, now)) continue;
    if (split_hierarchies_.contain(resource, now) || !world_.services().where(resource).empty()) continue;
    violate(format("at rest {} runs nowhere, though it was in service and nothing of its hierarchy failed (N4, O1)",
                   resource.value));
  }
}

/// Every wanted resource is in service, or something tells why not.
void Invariants::check_wanted(const ClusterState& state) {
  for (const auto& [key, intent] : state.intents)
    for (const auto& [resource, attempt] : intent.wanted) check_wanted(state, *intent.home, resource);
  for (const auto& [key, intent] : state.intents)
    for (const auto& [resource, nodes] : intent.stops)
      for (const auto& [node, cause] : nodes) {
        const auto& facts = state.nodes.at(node).facts.resources;
        const auto fact = facts.find(resource);
        if (fact == facts.end() || fact->second.failure != Failure::stop)
          violate(format("at rest {} shall still stop on {}", resource.value, name(node)));
      }
}

void Invariants::check_wanted(const ClusterState& state, NodeId home, const ResourceName& resource) {
  if (!world_.services().where(resource).empty()) return;
  // After a split, what it needs may run on the other side, for an operator to decide (B3, B4).
  bool explained = split_hierarchies_.contain(resource, *state.hierarchies);
  for (const ResourceName& below : core::with_dependencies(*state.config, resource)) {
    const std::vector<NodeId>& nodes = state.config->resources.at(below).nodes;
    // It was taken from that node's list, and left there: that is told (O7, B8).
    for (const NodeId place : world_.services().where(below))
      explained = explained || std::find(nodes.begin(), nodes.end(), place) == nodes.end();
    for (const auto& [node, known] : state.nodes) {
      const auto fact = known.facts.resources.find(below);  // failed on another node, it may still run there (F3)
      const bool told = fact != known.facts.resources.end() && fact->second.state == ResourceState::failed;
      explained = explained || told;
    }
  }
  // F4: nothing of a hierarchy starts elsewhere while something of it could not be stopped.
  for (const ResourceName& part : joined_to(resource, *state.hierarchies))
    for (const auto& [node, known] : state.nodes) {
      const auto fact = known.facts.resources.find(part);
      explained = explained || (fact != known.facts.resources.end() && fact->second.failure == Failure::stop);
    }
  if (!explained)
    violate(format("at rest {} is wanted on {} and runs nowhere, and nothing is marked failed", resource.value,
                   name(home)));
}

/// What the daemons believe is what is.
void Invariants::check_beliefs(const ClusterState& state) {
  for (const auto& [node, known] : state.nodes)
    for (const auto& [resource, fact] : known.facts.resources) {
      if (presence_[{node, resource}].unnoticed) continue;
      const bool runs_here = runs(node, resource);
      const bool believed = fact.state == ResourceState::in_service;
      if (fact.state == ResourceState::failed || believed == runs_here) continue;
      violate(format("at rest {} is {} on {} by its daemon, but it {}", resource.value, name_of(fact.state), name(node),
                     runs_here ? "runs" : "does not run"));
    }
}

}  // namespace holdfast::sim
