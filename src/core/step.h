// The decisions of the cluster (law 1): the same state and event give the same outcome on every node, build and day.
#pragma once

#include "model/durable.h"
#include "model/state.h"

namespace holdfast::core {

/// A state before the first sync: nothing is decided. `durable` is what this node kept from its last life.
ClusterState initial_state(std::shared_ptr<const ClusterConfig> config, const DurableState& durable = {});

/// Records the event in `state`, looks at the whole of it and says what should run now (law 2: edges in, levels out).
/// Every event is legal in every state. The only writer of ClusterState.
Outcome step(ClusterState& state, const Event& event, WallTime at = {});

/// What this node brings into a sync: its own facts, the last facts that it heard of all others (members may yet be set
/// aside), the intents.
MemberReport make_report(const ClusterState& state, NodeFacts own);

/// What this node keeps over a restart.
DurableState make_durable(const ClusterState& state, NodeId self, std::uint64_t incarnation, std::string boot);

}  // namespace holdfast::core
