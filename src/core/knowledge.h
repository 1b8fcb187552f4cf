// Plain questions to the state, so that the rules read like the contract.
#pragma once

#include "model/names.h"
#include "model/state.h"

namespace holdfast::core {

/// What `node` said of the resource last; out of service if it never said anything.
const ResourceFact& fact_of(const ClusterState& state, NodeId node, const ResourceName& resource);

/// The intent for the resource; wanted nowhere if there never was one.
const Intent& intent_of(const ClusterState& state, const ResourceName& resource);

Standing standing_of(const ClusterState& state, NodeId node);
bool is_member(const ClusterState& state, NodeId node);

/// The node is not dead as far as we know: what it said of its resources may still be so.
bool may_live(const ClusterState& state, NodeId node);

/// The resource runs on that node, or may run there: a start anywhere else would be a second one. False for nodes that
/// failed (N1).
bool may_hold(const ClusterState& state, NodeId node, const ResourceName& resource);

/// Nodes other than `except` that may hold the resource, in its priority order.
std::vector<NodeId> holders(const ClusterState& state, const ResourceName& resource, NodeId except = NodeId{0});

/// True for resources that this node is configured to run.
bool runs_on(const ResourceConfig& resource, NodeId node);

/// How a node stands, as the end of a sentence.
const char* words(Standing standing);

/// A new version for intents, greater than every other.
Version next_version(ClusterState& state);

std::string names(const std::vector<ResourceName>& resources);

}  // namespace holdfast::core
