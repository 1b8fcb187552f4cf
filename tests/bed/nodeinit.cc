// Process 1 of one machine of the test bed.
//
//   nodeinit HOSTNAME [bind:SOURCE=TARGET | tmpfs:TARGET | keep:PATH | init:PROGRAM | cgroup:FOLDER]...
//
// Makes network, mount, PID, UTS and IPC namespaces and becomes their init. "bind:" puts a folder of the
// machine's disk over TARGET (kept at a power-off), "tmpfs:" an empty tmpfs (lost at a power-off), "keep:" shows
// PATH again where a tmpfs or a bind would hide it (the build tree of a clone below /tmp). "init:" makes PROGRAM
// (systemd) process 1 instead, as in a container, with the cgroup of version 2 "cgroup:" as the root of its own; the
// outer machine's root is read-only there, and /dev has only what a container needs.
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

struct Machine {
  std::vector<std::pair<std::string, std::string>> binds;  // source, target
  std::vector<std::string> tmpfs;
  std::vector<Kept> kept;
  std::string init;    // empty: this program
  std::string cgroup;  // of init
};

Machine parse(int count, char** arguments) {
  Machine machine;
  for (int i = 0; i < count; ++i) {
    const std::string argument = arguments[i];
    const auto colon = argument.find(':');
    const std::string kind = argument.substr(0, colon);
    const std::string rest = colon == std::string::npos ? "" : argument.substr(colon + 1);
    const auto equals = rest.find('=');
    if (kind == "bind" && equals != std::string::npos) {
      machine.binds.emplace_back(rest.substr(0, equals), rest.substr(equals + 1));
    } else if (kind == "tmpfs" && !rest.empty()) {
      machine.tmpfs.push_back(rest);
    } else if (kind == "keep" && !rest.empty()) {
      machine.kept.push_back({-1, rest});
    } else if (kind == "init" && !rest.empty()) {
      machine.init = rest;
    } else if (kind == "cgroup" && !rest.empty()) {
      machine.cgroup = rest;
    } else {
      std::fprintf(stderr, "nodeinit: bad argument: %s\n", argument.c_str());
      std::exit(2);
    }
  }
  return machine;
}

void make_folders(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    if (mkdir(path.substr(0, slash).c_str(), 0755) < 0 && errno != EEXIST) die(path);
    if (slash == std::string::npos) return;
  }
}

void mount_all(Machine& machine) {
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) die("make / private");
  for (Kept& kept : machine.kept) {
    kept.descriptor = open(kept.path.c_str(), O_PATH | O_CLOEXEC);
    if (kept.descriptor < 0) die(kept.path);
  }
  // Binds first: their sources may lie below the target of a tmpfs.
  for (const auto& [source, target] : machine.binds)
    if (mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) < 0) die(target);
  for (const std::string& target : machine.tmpfs) {
    const bool open_to_all = target == "/tmp" || target == "/var/tmp" || target == "/dev/shm";
    if (mount("tmpfs", target.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, open_to_all ? "mode=1777" : "mode=755") < 0)
      die(target);
  }
  for (const Kept& kept : machine.kept) {
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

// The cgroup becomes the root that the machine sees.
void enter_cgroup(const std::string& folder) {
  const int file = open((folder + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, "0", 1) != 1) die(folder);
  close(file);
  if (unshare(CLONE_NEWCGROUP) < 0) die("cgroup namespace");
}

// A /dev of its own: no disk, no watchdog, no console of the outer machine.
void mount_dev() {
  std::vector<Kept> devices;
  for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    const std::string path = std::string("/dev/") + name;
    devices.push_back({open(path.c_str(), O_PATH | O_CLOEXEC), path});
    if (devices.back().descriptor < 0) die(path);
  }
  if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=755") < 0) die("/dev");
  for (const Kept& device : devices) {
    close(open(device.path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    const std::string source = "/proc/self/fd/" + std::to_string(device.descriptor);
    if (mount(source.c_str(), device.path.c_str(), nullptr, MS_BIND, nullptr) < 0) die(device.path);
    close(device.descriptor);
  }
  for (const char* folder : {"/dev/shm", "/dev/pts", "/dev/mqueue"}) make_folders(folder);
  if (mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0) die("/dev/shm");
  if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666") < 0) die("/dev/pts");
  const std::pair<const char*, const char*> links[] = {{"pts/ptmx", "/dev/ptmx"},
                                                       {"/proc/self/fd", "/dev/fd"},
                                                       {"/proc/self/fd/0", "/dev/stdin"},
                                                       {"/proc/self/fd/1", "/dev/stdout"},
                                                       {"/proc/self/fd/2", "/dev/stderr"}};
  for (const auto& [target, link] : links)
    if (symlink(target, link) < 0) die(link);
}

// What systemd needs and must not reach.
void mount_for_init() {
  mount_dev();
  if (mount("cgroup2", "/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) < 0) die("cgroup2");
  if (mount("none", "/sys", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) < 0) die("/sys read-only");
  if (mount("none", "/", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) < 0) die("/ read-only");
  const char* sysrq = "/proc/sysrq-trigger";
  if (access(sysrq, F_OK) == 0 && mount("/dev/null", sysrq, nullptr, MS_BIND, nullptr) < 0) die(sysrq);
}

// As a container's manager starts it (systemd's CONTAINER_INTERFACE).
[[noreturn]] void become(const std::string& program) {
  dup2(STDOUT_FILENO, STDERR_FILENO);
  const char* environment[] = {"container=bed", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", nullptr};
  execle(program.c_str(), program.c_str(), "--unit=bed.target", "--show-status=false", "--log-target=journal", nullptr,
         environment);
  die(program);
}

[[noreturn]] void inner(const std::string& name, Machine machine, int ready) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) die("prctl");
  if (!machine.cgroup.empty()) enter_cgroup(machine.cgroup);
  mount_all(machine);
  if (!machine.init.empty()) mount_for_init();
  if (std::find(machine.tmpfs.begin(), machine.tmpfs.end(), "/run") != machine.tmpfs.end()) make_boot_id();
  if (sethostname(name.c_str(), name.size()) < 0) die("sethostname");
  setsid();
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  if (nothing > STDERR_FILENO) close(nothing);
  if (write(ready, "R", 1) != 1) die("ready");
  close(ready);
  if (!machine.init.empty()) become(machine.init);
  reap_for_ever();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(
        stderr,
        "usage: nodeinit HOSTNAME [bind:SOURCE=TARGET | tmpfs:TARGET | keep:PATH | init:PROGRAM | cgroup:FOLDER]...\n");
    return 2;
  }
  Machine machine = parse(argc - 2, argv + 2);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) die("prctl");
  if (unshare(kNamespaces) < 0) die("unshare");
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) < 0) die("pipe");
  const pid_t pid = fork();
  if (pid < 0) die("fork");
  if (pid == 0) {
    close(ready[0]);
    inner(argv[1], std::move(machine), ready[1]);
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
