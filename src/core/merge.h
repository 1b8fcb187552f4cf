// A new view: what its members brought into the sync becomes the one state of all of them (law 4).
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// Replaces facts, intents, requests and standings by what the reports say. Only shared knowledge is used, so that
/// every member comes to the same state whatever it knew before.
void merge_view(ClusterState& state, const ViewSynced& view, Outcome& outcome);

}  // namespace holdfast::core
