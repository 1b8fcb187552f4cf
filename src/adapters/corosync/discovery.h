// Which corosync runs here: ours, somebody else's, or none.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::corosync {

struct Found {
  std::optional<pid_t> ours;         ///< runs with our configuration file, in this network namespace
  bool foreign = false;              ///< another one holds the sockets that ours would need
  std::optional<pid_t> foreign_pid;  ///< if it can be seen from here
};

/// Looks at /proc. There is one corosync per network namespace, because libqb listens on abstract sockets (engine.md
/// 1).
Found find_corosync(const std::string& our_configuration_file);

/// True if somebody listens on corosync's sockets. `table` is the text of /proc/net/unix.
bool corosync_sockets_bound(std::string_view table);

/// True for a command line that runs corosync with this configuration file.
bool runs_configuration(const std::vector<std::string>& command_line, const std::string& configuration_file);

}  // namespace holdfast::corosync
