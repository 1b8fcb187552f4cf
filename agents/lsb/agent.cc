// Kind `lsb:<name>` (K10): a script of /etc/init.d. Its word alone does not count: after start and stop its status is
// asked. Source: Linux Standard Base Core 5.0, chapter "Init Script Actions".
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "agents/kind.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Millis look_again{100};
/// How long a status may still contradict what the script just said.
constexpr Millis patience{10000};

/// What `status` ends with.
enum Status : int { running = 0, dead_with_pid_file = 1, dead_with_lock_file = 2, stopped = 3, unknown = 4 };

Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

std::string script_path(const Invocation& call) { return "/etc/init.d/" + call.type(); }

Answer check_name(const Invocation& call) {
  const std::string name = call.type();
  if (name.empty() || name.front() == '.' || name.front() == '-' || name.find('/') != std::string::npos)
    return {ExitCode::not_configured,
            format("agent lsb:{}: must be lsb:<name>, the name of a script in /etc/init.d", name)};
  return {};
}

/// Success: it is there and can be run.
Answer check_script(const Invocation& call) {
  if (Answer wrong = check_name(call); wrong.code != ExitCode::success) return wrong;
  const std::string path = script_path(call);
  struct stat found {};
  if (stat(path.c_str(), &found) != 0)
    return {ExitCode::not_installed, format("there is no init script {} on this node", path)};
  if (!S_ISREG(found.st_mode) || access(path.c_str(), X_OK) != 0)
    return {ExitCode::not_installed, format("init script {} is not an executable file", path)};
  return {};
}

/// As init would: from the root folder, nothing to read. SYSTEMCTL_SKIP_REDIRECT: else Debian's init functions hand the
/// action to systemd, which would stop the service in a shutdown before Holdfast does.
[[noreturn]] void become(const std::string& script, const char* action) {
  setenv("SYSTEMCTL_SKIP_REDIRECT", "1", 1);
  setenv("HOME", "/", 1);
  static_cast<void>(!chdir("/"));
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  execl(script.c_str(), script.c_str(), action, nullptr);
  _exit(errno == ENOENT ? 127 : 126);
}

/// In our own process group, with our own output: a time limit ends both of us (K11). Its exit code; 128 + signal.
int run_script(const Invocation& call, const char* action) {
  const pid_t child = fork();
  if (child < 0) return 126;
  if (child == 0) become(script_path(call), action);
  int code = 0;
  while (waitpid(child, &code, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(code) ? 128 + WTERMSIG(code) : WEXITSTATUS(code);
}

bool is_down(int status) { return status == stopped || status == dead_with_pid_file || status == dead_with_lock_file; }

std::string describe(const Invocation& call, int status) {
  switch (status) {
    case running:
      return format("{} is running", call.type());
    case dead_with_pid_file:
      return format("{} is dead; its pid file is still there (status 1)", call.type());
    case dead_with_lock_file:
      return format("{} is dead; its lock file is still there (status 2)", call.type());
    case stopped:
      return format("{} is not running (status 3)", call.type());
    default:
      return format("{} does not tell its status (exit code {})", script_path(call), status);
  }
}

/// Asks until `wanted` says yes, at most for our patience and the time that is left.
template <class Wanted>
int await_status(const Invocation& call, Clock::time_point began, Wanted wanted) {
  const auto limit = call.timeout() - std::min<Millis>(Millis{1000}, call.timeout() / 5);
  const auto until = std::min(began + limit, Clock::now() + patience);
  for (;;) {
    const int status = run_script(call, "status");
    if (wanted(status) || Clock::now() + look_again >= until) return status;
    std::this_thread::sleep_for(look_again);
  }
}

Answer start(const Invocation& call) {
  const auto began = Clock::now();
  if (Answer wrong = check_script(call); wrong.code != ExitCode::success) return wrong;
  if (run_script(call, "status") == running) return {};
  const int code = run_script(call, "start");
  if (code != 0) return failed(format("start of {} ended with exit code {}", script_path(call), code));
  const int status = await_status(call, began, [](int found) { return found == running; });
  if (status == running) return {};
  return failed(format("start of {} ended with 0, but {}", script_path(call), describe(call, status)));
}

/// A stop that failed because nothing ran has reached its aim; one that says it succeeded must have.
Answer stop(const Invocation& call) {
  const auto began = Clock::now();
  if (Answer wrong = check_name(call); wrong.code != ExitCode::success) return wrong;
  if (Answer missing = check_script(call); missing.code != ExitCode::success)
    return failed(format("cannot be stopped: {}", missing.text));
  const int code = run_script(call, "stop");
  const int status = code == 0 ? await_status(call, began, is_down) : run_script(call, "status");
  if (is_down(status)) return {};
  return failed(format("stop of {} ended with exit code {}, and {}", script_path(call), code, describe(call, status)));
}

Answer monitor(const Invocation& call) {
  if (Answer wrong = check_script(call); wrong.code != ExitCode::success) return wrong;
  const int status = run_script(call, "status");
  if (status == running) return {};
  // Asked where it should not run, one that died some day is one that does not run.
  const bool down = status == stopped || (call.is_probe() && is_down(status));
  return {down ? ExitCode::not_running : ExitCode::generic, describe(call, status)};
}

/// F5
Answer recover(const Invocation& call) {
  if (Answer stopped_it = stop(call); stopped_it.code != ExitCode::success) return stopped_it;
  return start(call);
}

}  // namespace

const Kind& lsb_kind() {
  static const Kind kind{"lsb",       "A script of /etc/init.d with the exit codes of the Linux Standard Base",
                         {},          start,
                         stop,        monitor,
                         check_name,  recover,
                         check_script};
  return kind;
}

}  // namespace holdfast::agent
