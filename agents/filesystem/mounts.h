// The mount table as the kernel tells it. Reads text only and touches no mount point: a dead server or disk hangs
// nobody. Source: proc(5), /proc/<pid>/mountinfo; libmount.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace holdfast::agent {

struct Mount {
  int id = 0;
  int parent = 0;
  dev_t device = 0;    ///< of the file system; btrfs, tmpfs, NFS and overlay have an anonymous one
  std::string root;    ///< the folder of the file system that is shown, "/" for all of it
  std::string target;  ///< absolute, without symbolic links
  std::string type;
  std::string source;
  std::string options;              ///< of this mount
  std::string file_system_options;  ///< of the file system, whatever the mount
  pid_t seen_by = 0;                ///< a process in whose mount namespace it is; 0: in ours
};

/// In the kernel's order.
Result<std::vector<Mount>> read_mounts(const std::string& file = "/proc/self/mountinfo");

/// All mounts at just this path, the visible one last.
std::vector<Mount> stack_at(const std::vector<Mount>& mounts, const std::string& target);

/// `mount` and all that is mounted on it, in the order in which they can be unmounted: itself last.
std::vector<Mount> tree_of(const std::vector<Mount>& mounts, const Mount& mount);

/// Whether the comma-separated `options` hold `name`, or `name=...`.
bool has_option(std::string_view options, std::string_view name);
/// The value of `name=value`; empty if there is none.
std::string option_value(std::string_view options, std::string_view name);

/// Where a server answers, or nobody does.
bool is_network_type(const std::string& type);

/// `path` is `folder`, or below it.
bool is_within(std::string_view path, std::string_view folder);

}  // namespace holdfast::agent
