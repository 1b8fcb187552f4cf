// The journals that the daemons of a simulated cluster wrote: replayed, or stored as files.
#pragma once

#include <optional>
#include <string>

#include "sim/journal/files.h"
#include "sim/world.h"

namespace holdfast::sim {

/// All segments on all disks; named as the files of a real node are.
std::vector<JournalFile> journals_of(const World& world);

/// Why they do not replay to what they say, or do not agree with one another; none: they do.
std::optional<std::string> journal_difference(const World& world);

/// Into the folder, which is made. The error names the file.
Result<void> store_journals(const World& world, const std::string& folder);

}  // namespace holdfast::sim
