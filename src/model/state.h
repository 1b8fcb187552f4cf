// What every member of a synced view knows, and nothing else: a plain value, equal on all of them.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "model/action.h"
#include "model/config.h"
#include "model/hierarchy.h"

namespace holdfast {

/// How a configured node stands, seen from this view.
enum class Standing : std::uint8_t {
  waiting,  ///< never seen; start-up wait is running (O1)
  member,
  failed,       ///< N1
  daemon_dead,  ///< within its grace (N7)
  left,         ///< in order (N5)
  set_aside,
  config_differs,
};

struct NodeState {
  Standing standing = Standing::waiting;
  NodeFacts facts;  ///< its own words if it is a member, else the last that any member heard
  Loss loss = {};   ///< if it is away: what was done about it

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "standing", self.standing);
    visit(2, "facts", self.facts);
    visit(3, "loss", self.loss);
  }
  bool operator==(const NodeState&) const = default;
};

/// An accepted request of an operator, until its one answer.
struct PendingRequest {
  Request request;
  std::optional<NodeId> target;  ///< start, move: where to
  Version version;               ///< of the intent that it made; a newer one supersedes it
  bool answered = false;         ///< leave: answered, and still to go

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "request", self.request);
    visit(2, "target", self.target);
    visit(3, "version", self.version);
    visit(4, "answered", self.answered);
  }
  bool operator==(const PendingRequest&) const = default;
};

/// The configuration is not in the digest of the state: it is compared by its own digest.
struct ClusterState {
  std::shared_ptr<const ClusterConfig> config;
  std::shared_ptr<const Hierarchies> hierarchies;  ///< of `config`
  Epoch epoch;
  std::vector<NodeId> members;                   ///< ascending; empty before the first sync
  bool settled = false;                          ///< past the start-up wait (O1)
  bool frozen = false;                           ///< an invariant broke: no decision before the next view
  std::uint64_t last_version = 0;                ///< the greatest Version::counter seen
  std::uint64_t last_operation = 0;              ///< within the epoch
  std::map<NodeId, NodeState> nodes;             ///< every configured node
  std::map<ResourceName, Intent> intents;        ///< by Hierarchy::key
  std::map<RequestId, PendingRequest> requests;  ///< not answered yet
  std::vector<FenceRecord> fenced;               ///< within the last `fence_window` (G5), ascending
  Switches switches;                             ///< maintenance (O5)
  ConfigStamp stamp;                             ///< of `config`
  WallTime now;                                  ///< cluster time: that of the last event; never steps back
  std::uint32_t feature_level = 1;               ///< the lowest of all members: how this view decides (decision 2)

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "epoch", self.epoch);
    visit(2, "members", self.members);
    visit(3, "settled", self.settled);
    visit(4, "last_version", self.last_version);
    visit(5, "last_operation", self.last_operation);
    visit(6, "nodes", self.nodes);
    visit(7, "intents", self.intents);
    visit(8, "requests", self.requests);
    visit(10, "frozen", self.frozen);
    visit(11, "fenced", self.fenced);
    visit(12, "switches", self.switches);
    visit(13, "stamp", self.stamp);
    visit(14, "now", self.now);
    visit(20, "feature_level", self.feature_level);
  }
  bool operator==(const ClusterState& o) const {
    return epoch == o.epoch && members == o.members && settled == o.settled && last_version == o.last_version &&
           last_operation == o.last_operation && nodes == o.nodes && intents == o.intents && requests == o.requests &&
           frozen == o.frozen && fenced == o.fenced && switches == o.switches && stamp == o.stamp && now == o.now &&
           feature_level == o.feature_level;
  }
};

/// The hierarchy's intent, or nullptr if there never was one.
inline const Intent* intent_for(const ClusterState& state, const ResourceName& resource) {
  const auto index = state.hierarchies->of.find(resource);
  if (index == state.hierarchies->of.end()) return nullptr;
  const auto intent = state.intents.find(state.hierarchies->all[index->second].key);
  return intent == state.intents.end() ? nullptr : &intent->second;
}

/// Where the resource shall be in service; none if it shall not.
inline std::optional<NodeId> wanted_on(const ClusterState& state, const ResourceName& resource) {
  const Intent* intent = intent_for(state, resource);
  return intent != nullptr && intent->wanted.contains(resource) ? intent->home : std::nullopt;
}

/// Nodes that can have something to do with the resource: the configured ones by priority, then those that still say
/// something of it although it was taken from them, on another side of a split (O7, B8).
inline std::vector<NodeId> places_of(const ClusterState& state, const ResourceName& resource) {
  const auto configured = state.config->resources.find(resource);
  if (configured == state.config->resources.end()) return {};
  std::vector<NodeId> places = configured->second.nodes;
  if (places.size() == state.nodes.size()) return places;
  for (const auto& [id, node] : state.nodes)
    if (node.facts.resources.contains(resource) && std::find(places.begin(), places.end(), id) == places.end())
      places.push_back(id);
  return places;
}

/// Of the start that is wanted now: a start that served it is not tried again (S1).
inline Version attempt_of(const ClusterState& state, const ResourceName& resource) {
  const Intent* intent = intent_for(state, resource);
  if (intent == nullptr) return {};
  const auto wanted = intent->wanted.find(resource);
  return wanted == intent->wanted.end() ? intent->version : wanted->second;
}

}  // namespace holdfast
