#include "adapters/process/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "adapters/process/spawn_in_group.h"
#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

class FileActions {
 public:
  /// `input` below 0: an empty one.
  FileActions(int input, int output) {
    posix_spawn_file_actions_init(&actions_);
    if (input < 0)
      posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    else
      posix_spawn_file_actions_adddup2(&actions_, input, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, 1);
    posix_spawn_file_actions_adddup2(&actions_, output, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setpgroup(&attributes_, 0);
    // An agent never runs with the daemon's real-time priority (L5), whether reset-on-fork is set or not.
    const sched_param ordinary{};
    posix_spawnattr_setschedpolicy(&attributes_, SCHED_OTHER);
    posix_spawnattr_setschedparam(&attributes_, &ordinary);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                               POSIX_SPAWN_SETSCHEDULER);
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

/// A pipe that holds the whole input already, so that nobody has to write to it later; no descriptor for none.
Result<Descriptor> input_pipe(const std::string& input) {
  if (input.empty()) return Descriptor{};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return failure(format("pipe: {}", std::strerror(errno)));
  Descriptor reading{ends[0]};
  const Descriptor writing{ends[1]};
  if (write(writing.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size()))
    return failure(format("input of {} bytes does not fit into a pipe", input.size()));
  fcntl(reading.get(), F_SETFL, 0);  // the program may expect to wait
  return reading;
}

}  // namespace

Result<Spawned> spawn(const Command& command, int cgroup) {
  if (command.arguments.empty()) return failure("no program to run");
  const Result<Descriptor> input = input_pipe(command.input);
  if (!input) return tl::unexpected(input.error());
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failure(format("pipe: {}", std::strerror(errno)));
  // Only our end: O_NONBLOCK belongs to the open file, and a pipe's ends are two.
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const auto arguments = pointers(command.arguments);
  const auto environment = pointers(command.environment);
  Spawned out;
  if (cgroup >= 0) {
    const auto spawned = spawn_in_group({arguments.data(), environment.data(), input->get(), ends[1], cgroup});
    close(ends[1]);
    if (spawned) return Spawned{spawned->pid, spawned->process, ends[0]};
    close(ends[0]);
    return tl::unexpected(spawned.error());
  }
  const FileActions actions{input->get(), ends[1]};
  const Attributes attributes;
  // glibc shares our memory until exec: no copy of a locked address space (L5).
  const int error =
      posix_spawn(&out.pid, arguments[0], actions.get(), attributes.get(), arguments.data(), environment.data());
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return failure(format("cannot run {}: {}", command.arguments[0], std::strerror(error)));
  }
  out.output = ends[0];
  // By number: glibc 2.36's <sys/pidfd.h> lacks extern "C". The pidfd is close-on-exec by itself.
  out.process = static_cast<int>(syscall(SYS_pidfd_open, out.pid, 0));
  if (out.process < 0) {
    const int why = errno;
    kill(-out.pid, SIGKILL);
    waitpid(out.pid, nullptr, 0);
    close(out.output);
    return failure(format("pidfd_open: {}", std::strerror(why)));
  }
  return out;
}

bool is_readable(int descriptor) {
  pollfd state{descriptor, POLLIN, 0};
  return poll(&state, 1, 0) == 1;
}

}  // namespace holdfast
