// Home again after a repair (O3).
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// Sets or cancels the timer of a hierarchy that shall go home by itself.
void look_homeward(ClusterState& state, const Hierarchy& hierarchy, Outcome& outcome);

/// The delay is over: it goes home, if it still can.
void end_switchback_delay(ClusterState& state, const ResourceName& key, Outcome& outcome);

/// The timers that run, set anew in a new view: healthy for the whole delay means in one view.
void set_switchback_timers(const ClusterState& state, Outcome& outcome);

}  // namespace holdfast::core
