// Plain questions to the state, so that the rules read like the contract.
#pragma once

#include "model/names.h"
#include "model/state.h"

namespace holdfast::core {

/// What `node` said of the resource last; out of service if it never said anything.
const ResourceFact& fact_of(const ClusterState& state, NodeId node, const ResourceName& resource);

/// The hierarchy's intent; wanted nowhere if there never was one.
const Intent& intent_of(const ClusterState& state, const Hierarchy& hierarchy);

/// The hierarchy of a configured resource, or nullptr.
const Hierarchy* hierarchy_of(const ClusterState& state, const ResourceName& resource);

Standing standing_of(const ClusterState& state, NodeId node);
bool is_member(const ClusterState& state, NodeId node);

/// The node failed, and whatever must be done before others take over was done (N6, G3, G4): what it held is free.
bool is_gone(const ClusterState& state, NodeId node);

/// The resource runs on that node, or may run there: a start anywhere else would be a second one. False for nodes that
/// are gone (N1).
bool may_hold(const ClusterState& state, NodeId node, const ResourceName& resource);

/// Nodes other than `except` that may hold the resource, in the order of places_of.
std::vector<NodeId> holders(const ClusterState& state, const ResourceName& resource, NodeId except = NodeId{0});

/// Some member holds something of the hierarchy there, by its own word.
bool anything_runs(const ClusterState& state, NodeId node, const Hierarchy& hierarchy);

/// How the start of a resource that is wanted at its hierarchy's home failed there; none: it did not.
Failure failed_start(const ClusterState& state, const Hierarchy& hierarchy, const ResourceName& name);

/// True for resources that this node is configured to run.
bool runs_on(const ResourceConfig& resource, NodeId node);

/// It may run on `node`, and so may all that it stands on.
bool can_run_on(const ClusterConfig& config, const ResourceName& resource, NodeId node);

/// An operator told it to leave (O4).
bool is_leaving(const ClusterState& state, NodeId node);

/// O5: nothing is acted upon. A hierarchy is in maintenance with any of its resources, and with its home.
bool in_maintenance(const ClusterState& state, NodeId node);
bool in_maintenance(const ClusterState& state, const Hierarchy& hierarchy);

/// An operator's request about the hierarchy is open.
bool is_asked_for(const ClusterState& state, const Hierarchy& hierarchy);

/// Everything directly below `resource` is in service on `node`.
bool all_below_runs(const ClusterState& state, const ResourceName& resource, NodeId node);

/// Everything wanted is in service at home, and nothing is to be stopped.
bool is_whole(const ClusterState& state, const Hierarchy& hierarchy);

/// How a node stands, as the end of a sentence.
const char* words(Standing standing);

/// A new version for intents, greater than every other.
Version next_version(ClusterState& state);

std::string names(const std::vector<ResourceName>& resources);

}  // namespace holdfast::core
