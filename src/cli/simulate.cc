// holdfast simulate: the daemon tells its present; holdfast-simulate plays with it. holdfast journal needs no daemon.
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/format.h"
#include "cli/commands.h"

extern char** environ;

namespace holdfast::cli {
namespace {

std::string program() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string self(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  const std::string folder = self.substr(0, self.rfind('/'));
  for (const char* beside : {"/holdfast-simulate", "/../libexec/holdfast/holdfast-simulate"})
    if (::access((folder + beside).c_str(), X_OK) == 0) return folder + beside;
  return {};
}

/// The bytes as a file without a name, to be read from its beginning; -1 if there is no memory.
int file_of(const std::string& bytes) {
  const int file = ::memfd_create("present", 0);
  std::size_t written = 0;
  while (file >= 0 && written < bytes.size()) {
    const ssize_t count = ::write(file, bytes.data() + written, bytes.size() - written);
    if (count <= 0) {
      ::close(file);
      return -1;
    }
    written += static_cast<std::size_t>(count);
  }
  if (file >= 0) ::lseek(file, 0, SEEK_SET);
  return file;
}

bool names_its_own(const std::vector<std::string>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const std::string& a) {
    return a == "--config" || a == "--input" || a.starts_with("--config=") || a.starts_with("--input=");
  });
}

Exit run_program(std::vector<std::string> words, int input, const Console& console) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (input >= 0) ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  console.out.flush();
  pid_t child = 0;
  const int error = ::posix_spawn(&child, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    console.complain(format("{}: {}", words[0], std::strerror(error)));
    return Exit::failed;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) <= static_cast<int>(Exit::refused))
    return static_cast<Exit>(WEXITSTATUS(status));
  console.complain("holdfast-simulate ended abnormally");
  return Exit::failed;
}

Exit not_found(const Console& console) {
  console.complain("holdfast-simulate not found: neither beside this command, nor in ../libexec/holdfast");
  return Exit::failed;
}

}  // namespace

Exit journal(const Options& options, const Console& console) {
  std::vector<std::string> words = {program(), "journal"};
  if (words[0].empty()) return not_found(console);
  words.insert(words.end(), options.passed.begin(), options.passed.end());
  return run_program(std::move(words), -1, console);
}

Exit simulate(const Options& given, const Console& console) {
  Options options = given;
  // The one option of ours that may stand among those of holdfast-simulate.
  if (const auto socket = std::find(options.passed.begin(), options.passed.end(), "--socket");
      options.passed.end() - socket > 1) {
    options.socket = *(socket + 1);
    options.passed.erase(socket, socket + 2);
  }
  std::vector<std::string> words = {program()};
  if (words[0].empty()) return not_found(console);
  words.insert(words.end(), options.passed.begin(), options.passed.end());
  if (names_its_own(options.passed)) return run_program(std::move(words), -1, console);
  const Reply reply = Client(options.socket).get("/v1/simulation-input");
  if (reply.reach != Reach::answered || reply.status != 200) return complain(reply, options, console);
  const Descriptor input(file_of(reply.body));
  if (!input) {
    console.complain("there is no memory for the present of the cluster");
    return Exit::failed;
  }
  words.emplace_back("--input=-");
  return run_program(std::move(words), input.get(), console);
}

}  // namespace holdfast::cli
