#include "adapters/corosync/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/format.h"

namespace holdfast::corosync {
namespace {

/// posix_spawn's two parameter blocks, freed together.
struct SpawnSettings {
  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t files{};
  SpawnSettings() {
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&files);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
};

void detach(SpawnSettings& settings) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  const sched_param ordinary{};
  posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                     POSIX_SPAWN_SETSCHEDULER);
  posix_spawnattr_setsigmask(&settings.attributes, &none);
  posix_spawnattr_setsigdefault(&settings.attributes, &all);
  // Corosync gives itself real-time priority; inherited from us it would keep ours.
  posix_spawnattr_setschedpolicy(&settings.attributes, SCHED_OTHER);
  posix_spawnattr_setschedparam(&settings.attributes, &ordinary);
}

void redirect(SpawnSettings& settings, const std::string& log_file) {
  posix_spawn_file_actions_addopen(&settings.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&settings.files, STDOUT_FILENO, log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0640);
  posix_spawn_file_actions_adddup2(&settings.files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&settings.files, STDERR_FILENO + 1);
  posix_spawn_file_actions_addchdir_np(&settings.files, "/");
}

}  // namespace

Result<pid_t> spawn_corosync(const std::string& program, const std::string& configuration_file,
                             const std::string& log_file) {
  SpawnSettings settings;
  detach(settings);
  redirect(settings, log_file);
  std::string arguments[] = {"corosync", "-f", "-c", configuration_file};
  char* argument_list[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), arguments[3].data(), nullptr};
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {path.data(), nullptr};
  pid_t pid = 0;
  const int error =
      posix_spawn(&pid, program.c_str(), &settings.files, &settings.attributes, argument_list, environment);
  if (error != 0) return failure(format("{} cannot be started: {}", program, std::strerror(error)));
  return pid;
}

Result<void> reload_corosync() {
  // A program of its own with a limit: a call to libcfg would wait for ever for a corosync that hangs (engine.md 1).
  SpawnSettings settings;
  detach(settings);
  redirect(settings, "/dev/null");
  std::string arguments[] = {"timeout", "5", "/usr/sbin/corosync-cfgtool", "-R"};
  char* argument_list[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), arguments[3].data(), nullptr};
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {path.data(), nullptr};
  pid_t pid = 0;
  if (const int error =
          posix_spawn(&pid, "/usr/bin/timeout", &settings.files, &settings.attributes, argument_list, environment))
    return failure(format("corosync-cfgtool cannot be started: {}", std::strerror(error)));
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return failure(format("corosync-cfgtool -R ended with {}", WIFEXITED(status) ? WEXITSTATUS(status) : -1));
}

Descriptor open_process(pid_t pid) {
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));  // close-on-exec by itself
}

std::string how_it_ended(int process_descriptor) {
  siginfo_t status{};
  if (waitid(P_PIDFD, static_cast<id_t>(process_descriptor), &status, WEXITED | WNOHANG) < 0 || status.si_pid == 0)
    return "ended";  // not our child: an earlier daemon started it
  if (status.si_code == CLD_EXITED) return format("ended with exit code {}", status.si_status);
  return format("was ended by signal {} ({})", status.si_status, strsignal(status.si_status));
}

void remove_shared_memory(pid_t pid) {
  namespace fs = std::filesystem;
  const std::string connections = format("qb-{}-", pid);  // one folder per client
  const std::string blackbox = format("qb-corosync-{}-", pid);
  std::error_code error;
  for (fs::directory_iterator entry("/dev/shm", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;  // libqb may be removing it, too
    if (name.starts_with(connections) || name.starts_with(blackbox)) fs::remove_all(entry->path(), ignored);
  }
}

void end_process(int process_descriptor, Millis patience) {
  for (const int signal_number : {SIGTERM, SIGKILL}) {
    if (syscall(SYS_pidfd_send_signal, process_descriptor, signal_number, nullptr, 0) < 0) break;
    pollfd wait{process_descriptor, POLLIN, 0};
    int ready = 0;
    do ready = poll(&wait, 1, signal_number == SIGTERM ? static_cast<int>(patience.count()) : -1);
    while (ready < 0 && errno == EINTR);
    if (ready > 0) break;
  }
  how_it_ended(process_descriptor);
}

}  // namespace holdfast::corosync
