#include "cli/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/format.h"

extern char** environ;

namespace holdfast::cli {

std::string own_folder() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string self(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return self.substr(0, self.rfind('/'));
}

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

Exit run_program(std::vector<std::string> words, Streams streams, const Console& console) {
  const std::string& program = words[0];
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  console.out.flush();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (streams.input >= 0) ::posix_spawn_file_actions_adddup2(&actions, streams.input, STDIN_FILENO);
  if (streams.quiet) ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
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
  console.complain(format("{} ended abnormally", program.substr(program.rfind('/') + 1)));
  return Exit::failed;
}

Exit run_daemon_program(std::vector<std::string> arguments, const Console& console) {
  arguments.insert(arguments.begin(), daemon_program());
  if (!arguments[0].empty()) return run_program(std::move(arguments), {}, console);
  console.complain("holdfastd not found: neither beside this command, nor in ../sbin, nor in PATH");
  return Exit::failed;
}

}  // namespace holdfast::cli
