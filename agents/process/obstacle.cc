// K10: whether a program could be launched here, without launching it.
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "agents/process/launch.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

bool is_program(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

/// As execvp does: a name with a slash is a path, from the working directory on; another is looked up in our PATH.
bool is_found(const Program& program) {
  const std::string& name = program.arguments[0];
  if (name.starts_with('/')) return is_program(name);
  if (name.find('/') != std::string::npos) return is_program(program.directory + "/" + name);
  const char* path = std::getenv("PATH");
  for (std::string_view rest = path == nullptr ? "/bin:/usr/bin" : path; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (is_program(std::string(rest.substr(0, end)) + "/" + name)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

bool is_user(const std::string& wanted) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (error == std::errc{} && end == wanted.data() + wanted.size()) return getpwuid(number) != nullptr;
  return getpwnam(wanted.c_str()) != nullptr;
}

}  // namespace

std::string launch_obstacle(const Program& program) {
  struct stat status {};
  if (!program.user.empty() && !is_user(program.user))
    return format("user {} does not exist on this node", program.user);
  if (stat(program.directory.c_str(), &status) != 0)
    return format("directory {}: {}", program.directory, std::strerror(errno));
  if (!S_ISDIR(status.st_mode)) return format("directory {}: it is none", program.directory);
  if (!is_found(program)) return format("program {} is not on this node", program.arguments[0]);
  return {};
}

}  // namespace holdfast::agent
