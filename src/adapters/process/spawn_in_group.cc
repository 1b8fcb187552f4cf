#include "adapters/process/spawn_in_group.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast {
namespace {

/// 0 or errno. In the child: only what is async-signal-safe.
int prepare(const GroupSpawn& what) {
  setpgid(0, 0);
  struct sigaction ordinary {};
  ordinary.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &ordinary, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const sched_param priority{};
  sched_setscheduler(0, SCHED_OTHER, &priority);  // L5: never with the daemon's own
  const int input = what.input >= 0 ? what.input : open("/dev/null", O_RDONLY);
  if (dup2(input, 0) < 0 || dup2(what.output, 1) < 0 || dup2(what.output, 2) < 0) return errno;
  if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return errno;
  return chdir("/") == 0 ? 0 : errno;
}

[[noreturn]] void become(const GroupSpawn& what, int errors) {
  int wrong = prepare(what);
  if (wrong == 0) {
    execve(what.arguments[0], what.arguments, what.environment);
    wrong = errno;
  }
  [[maybe_unused]] const ssize_t told = write(errors, &wrong, sizeof wrong);
  _exit(127);
}

}  // namespace

Result<GroupSpawned> spawn_in_group(const GroupSpawn& what) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failure(format("pipe: {}", std::strerror(errno)));
  const Descriptor reading{ends[0]};
  Descriptor writing{ends[1]};
  int process = -1;
  clone_args arguments{};
  arguments.flags = CLONE_INTO_CGROUP | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&process);
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(what.cgroup);
  const long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid == 0) become(what, writing.get());
  if (pid < 0) return failure(format("clone3: {}", std::strerror(errno)));
  writing.close();
  int wrong = 0;
  ssize_t got = 0;
  do got = read(reading.get(), &wrong, sizeof wrong);
  while (got < 0 && errno == EINTR);
  if (got == 0) return GroupSpawned{static_cast<pid_t>(pid), process};  // closed by exec
  waitpid(static_cast<pid_t>(pid), nullptr, 0);
  close(process);
  return failure(format("cannot run {}: {}", what.arguments[0], std::strerror(wrong)));
}

}  // namespace holdfast
