// The decisions of the cluster (law 1): the same state and event give the same outcome on every node, build and day.
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// A state before the first sync: nothing is known, nothing is decided.
ClusterState initial_state(std::shared_ptr<const ClusterConfig> config);

/// Records the event in `state`, looks at the whole of it and says what should run now (law 2: edges in, levels out).
/// Every event is legal in every state. The only writer of ClusterState.
Outcome step(ClusterState& state, const Event& event);

}  // namespace holdfast::core
