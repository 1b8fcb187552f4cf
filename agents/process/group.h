// Ending a service: its leader and all that it started, in its process group or session.
#pragma once

#include <vector>

#include "adapters/process/process_record.h"
#include "base/time.h"

namespace holdfast::agent {

/// Sends `signal` to every member, waits for their end (pidfd) up to `grace`, then kills what is left and waits up to
/// `patience`. Returns what still lives after that, for example in an uninterruptible wait; empty: all have ended.
std::vector<ProcessIdentity> end_group(pid_t leader, int signal, Millis grace, Millis patience);

/// What lives of the service that `identity` leads or led. A number that meanwhile belongs to another process has none.
std::vector<ProcessIdentity> members_of(const ProcessIdentity& identity);

}  // namespace holdfast::agent
