// Which process a resource of kind `process` runs, as holdfast-agent writes it and the daemon's watch reads it (K7).
// A pid alone may be reused; with the start time that the kernel tells it names one process for ever.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace holdfast {

struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  ///< field 22 of /proc/<pid>/stat: clock ticks since boot
  bool operator==(const ProcessIdentity&) const = default;
};

/// <run directory>/process/<resource>; characters that a file name cannot hold are replaced.
std::string process_record_path(const std::string& run_directory, const std::string& resource);

/// None if there is no such file, or nothing sensible in it.
std::optional<ProcessIdentity> read_process_record(const std::string& path);
/// Whole or not at all (temporary file and rename). Makes the folder.
Result<void> write_process_record(const std::string& path, const ProcessIdentity& identity);

/// One line of the process table. A zombie is `ended`.
struct ProcessEntry {
  ProcessIdentity identity;
  pid_t group = 0;
  pid_t session = 0;
  bool ended = false;
};

/// None if there is no such process. Source: proc(5).
std::optional<ProcessEntry> look_up_process(pid_t pid);
/// True if exactly this process lives and has not ended.
bool is_alive(const ProcessIdentity& identity);
/// All processes that have not ended and belong to process group or session `leader`.
std::vector<ProcessIdentity> living_members(pid_t leader);

}  // namespace holdfast
