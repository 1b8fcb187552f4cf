// What would an operator's request do now? The same decisions on a copy of the state (O5, B7).
#pragma once

#include "model/state.h"

namespace holdfast::core {

struct Preview {
  std::string refused;                   ///< why the request would be refused; empty if it would not
  std::vector<RunOperation> operations;  ///< in their order, if every one of them succeeds
  std::vector<Decision> decisions;       ///< without those that only name an operation
};

/// `request` needs no id. Nothing is done and nothing is remembered. Timers do not run in it.
Preview preview(ClusterState state, Request request);

}  // namespace holdfast::core
