// Orders one operation of an agent and marks it in the state, so that it is ordered once.
#pragma once

#include "model/state.h"

namespace holdfast::core {

void run(ClusterState& state, const ResourceName& name, NodeId node, OperationKind kind, Reason reason,
         Outcome& outcome);

/// Something is under way there.
inline bool busy(ResourceState s) {
  return s == ResourceState::starting || s == ResourceState::stopping || s == ResourceState::recovering;
}

}  // namespace holdfast::core
