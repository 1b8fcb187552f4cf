// Who uses a file system: processes that work in it, run from it, or hold or map a file of it. Source: proc(5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/process/process_record.h"
#include "agents/filesystem/mounts.h"

namespace holdfast::agent {

struct User {
  ProcessIdentity process;
  std::string name;
  std::string how;  ///< for messages: "working directory", "open file", ...
};

/// The users of any of `mounts`. `device`: of a block device that shall be free afterwards; its users in other mount
/// namespaces are found by it. We ourselves are none.
std::vector<User> users_of(const std::vector<Mount>& mounts, std::optional<dev_t> device);

/// Whoever must not be ended: process 1 and those that started us (the daemon).
bool is_protected(const User& user);

void send(const User& user, int signal);

/// "4711 (bash: working directory), ..."
std::string list_of(const std::vector<User>& users);

}  // namespace holdfast::agent
