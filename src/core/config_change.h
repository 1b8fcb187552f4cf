// Another configuration for a running cluster (O7, V9): what may not change now and why, and what comes of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/state.h"

namespace holdfast::core {

/// Why `next` may not replace the present configuration now, one line per reason, with the remedy; empty: it may.
std::vector<std::string> why_refused(const ClusterState& state, const ClusterConfig& next);

/// What `next`, which nothing else refuses, would stop; one line each, with the remedy.
std::vector<std::string> stops_by(const ClusterState& state, const ClusterConfig& next);

/// What it means for what runs, one line each: what stays and is no longer protected, what is new and does not start by
/// itself. A change stops nothing (O7), and starts only
/// what something that runs shall stand on.
std::vector<std::string> consequences(const ClusterState& state, const ClusterConfig& next);

/// `state.config` is the proposed one from here on, on every member at the same position of the order; hierarchies,
/// nodes, facts, intents and requests are made to fit it.
void adopt(ClusterState& state, const ConfigProposal& proposal, Outcome& outcome);

/// The same at the end of a sync, for a node that takes the configuration of the others (B8): nothing of the view is in
/// `state` yet. Gives what is wanted no more since the other configuration does not let it run where it was wanted,
/// each with a line that says so.
std::vector<std::pair<ResourceName, std::string>> take_offered(ClusterState& state, const ClusterConfig& config,
                                                               const ConfigStamp& stamp);

/// `node` must ask the agent anew what `resource` does there: it is new there, or another thing than `before` said.
bool must_probe(const ClusterConfig& before, const ResourceConfig& resource, NodeId node);

/// Takes an apply up: refused with every reason, or adopted and answered when every member has stored it.
void accept_apply(ClusterState& state, const Request& request, Outcome& outcome);

/// A member has stored it, or is gone: answers an apply whose end is known.
void follow_up_apply(ClusterState& state, Outcome& outcome);

/// The newest stamp among the reports of a view, whose members all have the same configuration.
ConfigStamp newest_stamp(const ViewSynced& view);

}  // namespace holdfast::core
