// Starts a program in another cgroup from its first instruction on, which posix_spawn cannot do before glibc 2.39.
// Source: clone(2), clone3 and CLONE_INTO_CGROUP.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace holdfast {

struct GroupSpawn {
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  int input = -1;   ///< its standard input; -1: nothing
  int output = -1;  ///< its standard output and error
  int cgroup = -1;  ///< the cgroup's folder
};

struct GroupSpawned {
  pid_t pid = 0;     ///< of the process group too
  int process = -1;  ///< pidfd, close-on-exec
};

/// As spawn() does it otherwise: process group of its own, default signals, ordinary priority, nothing else open.
/// Returns when the program runs. The child is a copy of us until then, where spawn() shares our memory: about 1 ms
/// dearer.
Result<GroupSpawned> spawn_in_group(const GroupSpawn& what);

}  // namespace holdfast
