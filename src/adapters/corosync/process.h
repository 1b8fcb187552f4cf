// One corosync process: how it is started, so that it outlives us, and how it is ended.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"

namespace holdfast::corosync {

/// Starts `program -f -c configuration_file` in a session of its own, with ordinary scheduling, no signal blocked, no
/// descriptor of ours, and its output appended to `log_file`. It is not told when we end.
[[nodiscard]] Result<pid_t> spawn_corosync(const std::string& program, const std::string& configuration_file,
                                           const std::string& log_file);

/// Tells the running corosync, and by its ring those of all nodes, to read their configuration files again. Blocks for
/// 5 s at most.
[[nodiscard]] Result<void> reload_corosync();

/// A descriptor that becomes readable when the process ends. Works for processes that are not our children.
Descriptor open_process(pid_t pid);

/// How an ended process ended, in words; reaps it if it was our child.
std::string how_it_ended(int process_descriptor);

/// Removes the shared memory that a corosync leaves behind when it is killed or crashes: 8 MiB and more each time, and
/// nobody else would before the next boot. Only for a process that has ended.
void remove_shared_memory(pid_t pid);

/// Blocks until the process has ended: SIGTERM, and SIGKILL after `patience`.
void end_process(int process_descriptor, Millis patience);

}  // namespace holdfast::corosync
