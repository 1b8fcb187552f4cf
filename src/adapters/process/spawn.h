// Starts one program in a process group of its own, with its output in a pipe. Source: posix_spawn(3), pidfd_open(2).
#pragma once

#include <sys/types.h>

#include "adapters/process/command.h"
#include "base/result.h"

namespace holdfast {

/// The descriptors belong to the caller. Output is non-blocking.
struct Spawned {
  pid_t pid = 0;     ///< of the process group too
  int process = -1;  ///< pidfd: readable when the program has ended
  int output = -1;
};

/// `cgroup`: the folder of the cgroup that it begins in; -1: ours.
Result<Spawned> spawn(const Command& command, int cgroup = -1);

/// Without waiting. Of a pidfd: the process has ended.
bool is_readable(int descriptor);

}  // namespace holdfast
