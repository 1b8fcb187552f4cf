// The watch (B2, K3): a process of its own that renews and checks the reservation every 5 s, whether or not the daemon
// runs, and resets this node at once when it is lost. One per disk; ends with the resource's stop.
#pragma once

#include <optional>

#include "adapters/process/process_record.h"
#include "agents/disk/settings.h"

namespace holdfast::agent::disk {

/// Starts it; success when it has seen the reservation once. It outlives us and the daemon, and is never there twice:
/// an earlier one of this resource that still lives, if only because the kernel holds it in a command, is an error.
agent::Answer begin_watch(const Settings& settings, const std::string& unit, Millis limit);

/// None if it does not run (any more).
std::optional<ProcessIdentity> running_watch(const Settings& settings);

/// False: it does not end, since the kernel holds it in a command. It does nothing after that command.
bool end_watch(const Settings& settings);

}  // namespace holdfast::agent::disk
