// What must not stand in a journal: the passwords of fence agents, what opens the receivers of notifications, and the
// text of a configuration file, which holds them too. The core never looks at their values, so that a journal replays
// without them; that a parameter is there, and its name, stays.
#pragma once

#include <optional>

#include "model/state.h"

namespace holdfast::wire {

void veil(ClusterConfig& config);

/// None: there is nothing to hide, and nothing was copied.
std::optional<Event> veiled(const Event& event);
std::optional<ClusterState> veiled(const ClusterState& state);

}  // namespace holdfast::wire
