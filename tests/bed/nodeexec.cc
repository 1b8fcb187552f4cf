// Runs a command inside a machine of the test bed.
//
//   nodeexec PID [FILE...] -- COMMAND [ARGUMENT...]
//
// PID is the machine's init (nodeinit prints it); every FILE is a cgroup.procs that the command joins first.
// Standard streams are the caller's. The command dies with nodeexec, and nodeexec with its caller; SIGTERM and
// SIGINT are passed on. Exit code: the command's, or 128 + signal; 126 when it could not be run.
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr int kCannotRun = 126;
volatile pid_t g_child = 0;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "nodeexec: %s: %s\n", what, std::strerror(errno));
  std::exit(kCannotRun);
}

void join_cgroup(const char* file) {
  const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0 || write(descriptor, "0", 1) != 1) die(file);
  close(descriptor);
}

void enter(pid_t init) {
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, init, 0));
  if (pidfd < 0) die("no such machine");
  if (setns(pidfd, CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP) < 0)
    die("setns");
  close(pidfd);
}

void pass_on(int signal_number) {
  if (g_child > 0) kill(g_child, signal_number);
}

}  // namespace

int main(int argc, char** argv) {
  int i = 2;
  while (i < argc && std::strcmp(argv[i], "--") != 0) ++i;
  if (argc < 2 || i + 1 >= argc) {
    std::fprintf(stderr, "usage: nodeexec PID [CGROUP.PROCS...] -- COMMAND [ARGUMENT...]\n");
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int file = 2; file < i; ++file) join_cgroup(argv[file]);
  enter(static_cast<pid_t>(std::atol(argv[1])));
  sigset_t forwarded;
  sigemptyset(&forwarded);
  sigaddset(&forwarded, SIGTERM);
  sigaddset(&forwarded, SIGINT);
  sigprocmask(SIG_BLOCK, &forwarded, nullptr);  // none is lost between fork and the handlers
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_UNBLOCK, &forwarded, nullptr);
    if (chdir("/") < 0) die("/");
    execvp(argv[i + 1], argv + i + 1);
    die(argv[i + 1]);
  }
  g_child = child;
  std::signal(SIGTERM, pass_on);
  std::signal(SIGINT, pass_on);
  sigprocmask(SIG_UNBLOCK, &forwarded, nullptr);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
