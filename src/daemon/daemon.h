// One node's daemon: builds the adapters, hands them to the runtime, runs the loop until it is told to end.
#pragma once

#include "daemon/options.h"

namespace holdfast::daemon {

/// Runs until SIGTERM or SIGINT, or until an operator stops this node (O4). A signal leaves resources as they are: the
/// next daemon adopts them (R5). Returns the exit code of E1: 0 it ended in order, 1 it could not start, 4 it was
/// refused (another holdfastd, a foreign Corosync).
int run(const Options& options);

}  // namespace holdfast::daemon
