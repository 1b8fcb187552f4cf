// K2's stop: ends the users of a file system, unmounts all that stands on it, then itself, and makes sure that the
// kernel has let go of the device. Never a lazy unmount: it would say "stopped" of what still writes (F4).
#pragma once

#include <chrono>

#include "agents/filesystem/source.h"

namespace holdfast::agent {

/// Frees what `situation.ours` is. A failure when that is not done `until` then, with who or what still uses it.
Answer release(const Settings& settings, const Situation& situation, std::chrono::steady_clock::time_point until);

/// Why the kernel does not give the block device to one user alone; empty: it does.
std::string held_by_others(const std::string& device);

}  // namespace holdfast::agent
