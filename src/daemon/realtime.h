// Load is not death (L5): the daemon's loop goes first where it may.
#pragma once

#include <string>

namespace holdfast::daemon {

/// Takes real-time priority (children do not inherit it) and locks memory. Empty if both were granted, else what was
/// refused, one line: the daemon runs all the same.
std::string take_realtime();

}  // namespace holdfast::daemon
