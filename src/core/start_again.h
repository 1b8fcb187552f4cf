// A takeover with quorum begins while the other side, which lost its quorum, still stops what it ran (G2). What both
// need at once, such as an address that still answers there (B3), is free soon: the start is tried again until then.
#pragma once

#include "core/asked.h"
#include "model/action.h"
#include "model/state.h"

namespace holdfast::core {

/// A takeover from a lost node begins: how long its starts are tried again. The lost side stops top-down, each within
/// its timeout, so the sum of the hierarchy's stop timeouts bounds it. Nothing without quorum, or where that node is
/// known to be off.
void allow_start_again(ClusterState& state, const Hierarchy& hierarchy, NodeId lost);

/// True while a start that failed at the hierarchy's home is not the end of it: another machine holds what it needs.
bool starts_again(const ClusterState& state, const Hierarchy& hierarchy, NodeId node);

/// Says so, and sets the timer.
void wait_to_start_again(const ClusterState& state, const Hierarchy& hierarchy, NodeId node, const ResourceName& failed,
                         Outcome& outcome);

/// The timer of the hierarchy `key` has fired: what did not start is wanted anew.
void start_again(ClusterState& state, const ResourceName& key);

/// After a new view.
void set_start_again_timers(const ClusterState& state, Outcome& outcome);

}  // namespace holdfast::core
