#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/format.h"
#include "cli/commands.h"

extern char** environ;

namespace holdfast::cli {
namespace {

std::string own_folder() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string self(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return self.substr(0, self.rfind('/'));
}

/// The daemon beside this command, in the sbin beside its bin, or wherever PATH has it; empty if nowhere.
std::string daemon_program() {
  for (const char* beside : {"/holdfastd", "/../sbin/holdfastd"})
    if (const std::string path = own_folder() + beside; ::access(path.c_str(), X_OK) == 0) return path;
  const char* folders = std::getenv("PATH");
  std::string rest = folders == nullptr ? "" : folders;
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    const std::string path = rest.substr(0, end) + "/holdfastd";
    if (path.size() > 11 && ::access(path.c_str(), X_OK) == 0) return path;
    rest = end == std::string::npos ? "" : rest.substr(end + 1);
  }
  return {};
}

/// Runs `program --check file`; what it says on standard output is shown or not.
Exit run_check(std::string program, std::string file, bool quiet, const Console& console) {
  std::string option = "--check";
  const std::array<char*, 4> arguments{program.data(), option.data(), file.data(), nullptr};
  console.out.flush();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (quiet) ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    console.complain(format("{}: {}", program, std::strerror(error)));
    return Exit::failed;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) <= static_cast<int>(Exit::refused))
    return static_cast<Exit>(WEXITSTATUS(status));
  console.complain(format("{} --check ended abnormally", program));
  return Exit::failed;
}

}  // namespace

Exit check(const Options& options, const Console& console) {
  const std::string program = daemon_program();
  if (!program.empty()) return run_check(program, options.file, false, console);
  console.complain("holdfastd not found: neither beside this command, nor in ../sbin, nor in PATH");
  return Exit::failed;
}

Exit check_before_change(const Options& options, const Console& console) {
  const std::string program = daemon_program();
  return program.empty() ? Exit::done : run_check(program, options.file, true, console);
}

}  // namespace holdfast::cli
