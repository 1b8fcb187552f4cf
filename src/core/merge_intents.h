// What the members of a new view want of the hierarchies, made one.
#pragma once

#include "model/event.h"
#include "model/state.h"

namespace holdfast::core {

/// Of every hierarchy the newest intent in the view's reports, with the last word of any of them on each resource, and
/// the stops that their own nodes still know. Expects that the nodes of the view are in `state` already.
void merge_intents(ClusterState& state, const ViewSynced& view);

}  // namespace holdfast::core
