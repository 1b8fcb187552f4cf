// An operation ended badly: a start in either profile (S1 to S4), a stop (F4), or a resource that failed while in
// service.
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// Called when `node` told a new fact of `resource`; `before` is the fact it replaces.
void after_fact(ClusterState& state, NodeId node, const ResourceName& resource, const ResourceFact& before,
                Outcome& outcome);

}  // namespace holdfast::core
