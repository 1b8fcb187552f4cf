// The monitor's look at a mounted file system: is it there, how full is it, can it be written to.
#pragma once

#include "agents/filesystem/mounts.h"
#include "agents/filesystem/settings.h"

namespace holdfast::agent {

/// Looks in a child, so that a dead server or disk holds nobody for ever. `degraded` with a text: fuller than wanted.
Answer probe(const Settings& settings, const Mount& mount);

/// Per cent of the space that ordinary users may have, as df(1) counts it, rounded up; and of the inodes, if there is
/// a fixed number of them: whichever is fuller.
struct FillLevel {
  long per_cent = 0;
  const char* of = "space";
};
FillLevel fill_level(std::uint64_t blocks, std::uint64_t free, std::uint64_t available, std::uint64_t inodes,
                     std::uint64_t free_inodes);

}  // namespace holdfast::agent
