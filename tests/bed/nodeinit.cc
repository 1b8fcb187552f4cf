// Process 1 of one machine of the test bed.
//
//   nodeinit HOSTNAME [bind:SOURCE=TARGET | tmpfs:TARGET | keep:PATH]...
//
// Makes network, mount, PID, UTS and IPC namespaces and becomes their init. "bind:" puts a folder of the
// machine's disk over TARGET (kept at a power-off), "tmpfs:" an empty tmpfs (lost at a power-off), "keep:" shows
// PATH again where a tmpfs or a bind would hide it (the build tree of a clone below /tmp).
//
// Prints the PID of the inner init (as the caller sees it) when the machine is ready, then reaps orphans until it
// is killed. A SIGKILL of the inner init ends every process of the machine at once: the power-off of the bed.
// Nothing has a name outside, so that whatever kills the caller ends the machine with all its namespaces, too.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kNamespaces = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "nodeinit: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

struct Kept {
  int descriptor;
  std::string path;
};

struct Mounts {
  std::vector<std::pair<std::string, std::string>> binds;  // source, target
  std::vector<std::string> tmpfs;
  std::vector<Kept> kept;
};

Mounts parse(int count, char** arguments) {
  Mounts mounts;
  for (int i = 0; i < count; ++i) {
    const std::string argument = arguments[i];
    const auto colon = argument.find(':');
    const std::string kind = argument.substr(0, colon);
    const std::string rest = colon == std::string::npos ? "" : argument.substr(colon + 1);
    const auto equals = rest.find('=');
    if (kind == "bind" && equals != std::string::npos) {
      mounts.binds.emplace_back(rest.substr(0, equals), rest.substr(equals + 1));
    } else if (kind == "tmpfs" && !rest.empty()) {
      mounts.tmpfs.push_back(rest);
    } else if (kind == "keep" && !rest.empty()) {
      mounts.kept.push_back({-1, rest});
    } else {
      std::fprintf(stderr, "nodeinit: bad argument: %s\n", argument.c_str());
      std::exit(2);
    }
  }
  return mounts;
}

void make_folders(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    if (mkdir(path.substr(0, slash).c_str(), 0755) < 0 && errno != EEXIST) die(path);
    if (slash == std::string::npos) return;
  }
}

void mount_all(Mounts& mounts) {
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) die("make / private");
  for (Kept& kept : mounts.kept) {
    kept.descriptor = open(kept.path.c_str(), O_PATH | O_CLOEXEC);
    if (kept.descriptor < 0) die(kept.path);
  }
  // Binds first: their sources may lie below the target of a tmpfs.
  for (const auto& [source, target] : mounts.binds)
    if (mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) < 0) die(target);
  for (const std::string& target : mounts.tmpfs) {
    const bool open_to_all = target == "/tmp" || target == "/var/tmp" || target == "/dev/shm";
    if (mount("tmpfs", target.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, open_to_all ? "mode=1777" : "mode=755") < 0)
      die(target);
  }
  for (const Kept& kept : mounts.kept) {
    make_folders(kept.path);
    const std::string source = "/proc/self/fd/" + std::to_string(kept.descriptor);
    if (mount(source.c_str(), kept.path.c_str(), nullptr, MS_BIND | MS_REC, nullptr) < 0) die(kept.path);
    close(kept.descriptor);
  }
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) < 0) die("/proc");
  // A fresh /sys shows this network namespace's interfaces, and hides the outer machine's cgroups.
  if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) < 0) die("/sys");
}

// Every boot of a machine has an id of its own, as a real one has: /proc/sys/kernel/random/boot_id.
void make_boot_id() {
  const char* file = "/run/boot_id";
  std::ifstream source("/proc/sys/kernel/random/uuid");
  std::ofstream(file) << source.rdbuf();
  if (mount(file, "/proc/sys/kernel/random/boot_id", nullptr, MS_BIND, nullptr) < 0) die("boot_id");
}

[[noreturn]] void reap_for_ever() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  for (;;) {
    siginfo_t signal_received;
    sigwaitinfo(&all, &signal_received);
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
}

[[noreturn]] void inner(const std::string& name, Mounts mounts, int ready) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) die("prctl");
  mount_all(mounts);
  if (std::find(mounts.tmpfs.begin(), mounts.tmpfs.end(), "/run") != mounts.tmpfs.end()) make_boot_id();
  if (sethostname(name.c_str(), name.size()) < 0) die("sethostname");
  setsid();
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  if (nothing > STDERR_FILENO) close(nothing);
  if (write(ready, "R", 1) != 1) die("ready");
  close(ready);
  reap_for_ever();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: nodeinit HOSTNAME [bind:SOURCE=TARGET | tmpfs:TARGET | keep:PATH]...\n");
    return 2;
  }
  Mounts mounts = parse(argc - 2, argv + 2);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) die("prctl");
  if (unshare(kNamespaces) < 0) die("unshare");
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) < 0) die("pipe");
  const pid_t pid = fork();
  if (pid < 0) die("fork");
  if (pid == 0) {
    close(ready[0]);
    inner(argv[1], std::move(mounts), ready[1]);
  }
  close(ready[1]);
  char byte;
  if (read(ready[0], &byte, 1) != 1) return 1;  // the inner init has said why
  std::printf("%d\n", static_cast<int>(pid));
  std::fflush(stdout);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
