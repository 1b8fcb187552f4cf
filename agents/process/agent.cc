// Kind `process` (K7): a command that we run ourselves, known by pid and start time, with an optional check.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <optional>
#include <thread>

#include "agents/kind.h"
#include "agents/parameters.h"
#include "agents/process/group.h"
#include "agents/process/launch.h"
#include "agents/process/output_log.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Millis kill_patience{2000};

struct Settings {
  Program service;
  std::optional<Program> check;
  int stop_signal = SIGTERM;
  std::string record;
};

Result<int> read_signal(const Invocation& call) {
  static const std::map<std::string, int> signals{{"TERM", SIGTERM},   {"INT", SIGINT},   {"QUIT", SIGQUIT},
                                                  {"HUP", SIGHUP},     {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
                                                  {"WINCH", SIGWINCH}, {"KILL", SIGKILL}};
  std::string name = call.parameter("stop_signal").value_or("TERM");
  if (name.starts_with("SIG")) name.erase(0, 3);
  const auto found = signals.find(name);
  if (found == signals.end())
    return failure(
        format("parameter stop_signal = \"{}\": allowed are TERM, INT, QUIT, HUP, USR1, USR2, WINCH, KILL", name));
  return found->second;
}

/// What a service sees: nothing of the daemon's own environment.
Result<std::vector<std::string>> read_environment(const Invocation& call) {
  std::vector<std::string> out{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                               "HOLDFAST_RESOURCE=" + call.resource()};
  auto given = environment_parameter(call, "environment");
  if (!given) return given;
  for (const std::string& pair : *given) {
    const std::string name = pair.substr(0, pair.find('=') + 1);
    std::erase_if(out, [&name](const std::string& old) { return old.starts_with(name); });
    out.push_back(pair);
  }
  return out;
}

Result<Settings> read_settings(const Invocation& call) {
  Settings out;
  auto command = list_parameter(call, "command");
  if (!command) return tl::unexpected(command.error());
  if (command->empty() || command->front().empty())
    return failure(
        "parameter command is missing, for example command = [\"/usr/sbin/nginx\", \"-g\", \"daemon off;\"]");
  auto check = list_parameter(call, "check");
  if (!check) return tl::unexpected(check.error());
  auto environment = read_environment(call);
  if (!environment) return tl::unexpected(environment.error());
  auto signal = read_signal(call);
  if (!signal) return tl::unexpected(signal.error());
  out.service = {*command, *environment, call.parameter("directory").value_or("/"),
                 call.parameter("user").value_or("")};
  if (!check->empty()) {
    out.check = out.service;
    out.check->arguments = *check;
  }
  out.stop_signal = *signal;
  out.record = process_record_path(call.run_directory(), call.resource());
  return out;
}

Answer wrong(const Error& error) { return {ExitCode::not_configured, error.text}; }
Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

/// Part of the caller's limit is ours: time to clean up before the runner kills us.
Millis own_limit(const Invocation& call) { return call.timeout() - std::min<Millis>(Millis{1000}, call.timeout() / 5); }

std::string appended(const std::string& text, const std::string& output) {
  return output.empty() ? text : text + "; output: " + output;
}

/// How our child ended, if it has.
std::optional<std::string> ended(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, WNOHANG) != child) return std::nullopt;
  if (WIFSIGNALED(status)) return format("ended during start by signal {}", WTERMSIG(status));
  const std::string hint = WEXITSTATUS(status) == 0 ? " (it must stay in the foreground)" : "";
  return format("ended during start with exit code {}{}", WEXITSTATUS(status), hint);
}

void remove_service(const Settings& settings, const ProcessIdentity& identity) {
  if (members_of(identity).empty() || end_group(identity.pid, SIGKILL, Millis{0}, kill_patience).empty())
    unlink(settings.record.c_str());
}

/// Repeats the check until it passes, the service dies or the time is over. None: it passed.
std::optional<std::string> await_check(const Settings& settings, const ProcessIdentity& identity,
                                       Clock::time_point until) {
  const auto began = Clock::now();
  const auto attempt_limit = std::max<Millis>(Millis{100}, std::chrono::duration_cast<Millis>(until - began) / 3);
  std::string last = "no answer";
  while (Clock::now() < until) {
    const auto left = std::chrono::ceil<Millis>(until - Clock::now());
    const auto result = run_check(*settings.check, std::min(attempt_limit, left));
    if (!result) return result.error().text;
    if (auto how = ended(identity.pid)) return settings.service.arguments[0] + " " + *how;
    if (!is_alive(identity)) return settings.service.arguments[0] + " ended during start";
    if (result->exit_code == 0) return std::nullopt;
    // An attempt that our own deadline cut short says less than the one before it.
    if (result->exit_code != check_killed)
      last = appended(format("exit code {}", result->exit_code), result->output);
    else if (left >= attempt_limit)
      last = appended(format("no answer within {} ms", attempt_limit.count()), result->output);
    // Quick at first, as a service usually needs milliseconds; later without burning the processor.
    std::this_thread::sleep_for(Clock::now() - began < std::chrono::seconds(1) ? Millis{3} : Millis{50});
  }
  return "the check did not pass in time: " + last;
}

Answer start_anew(const Settings& settings, Clock::time_point until) {
  auto log = OutputLog::start(settings.record + ".log");
  if (!log) return failed(log.error().text);
  const auto identity = launch_service(settings.service, log->writer(), settings.record);
  if (!identity) return failed(identity.error().text);
  log->release();
  std::optional<std::string> trouble;
  if (settings.check) trouble = await_check(settings, *identity, until);
  if (auto how = ended(identity->pid); how && !trouble) trouble = settings.service.arguments[0] + " " + *how;
  if (!trouble) return {};
  remove_service(settings, *identity);  // S1: a failed start leaves nothing in service
  return failed(appended(*trouble, log->tail()));
}

/// What is left of the last run is ended first, also children whose leader died: they would hold the ports and files of
/// the new one.
Answer start_after(const Settings& settings, const std::optional<ProcessIdentity>& last, int signal, Millis grace,
                   Clock::time_point until) {
  if (last && !members_of(*last).empty() && !end_group(last->pid, signal, grace, kill_patience).empty())
    return failed(format("processes of the last run (group {}) cannot be killed", last->pid));
  return start_anew(settings, until);
}

Answer start(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto until = Clock::now() + own_limit(call);
  const auto known = read_process_record(settings->record);
  if (known && is_alive(*known)) {
    if (!settings->check) return {};
    const auto trouble = await_check(*settings, *known, until);
    return trouble ? failed(*trouble) : Answer{};
  }
  return start_after(*settings, known, SIGKILL, Millis{0}, until);
}

Answer stop(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto known = read_process_record(settings->record);
  if (known && !members_of(*known).empty()) {
    const Millis grace = std::max(Millis{0}, own_limit(call) - std::min(kill_patience, call.timeout() / 4));
    const Millis patience = own_limit(call) - grace;
    const auto left = end_group(known->pid, settings->stop_signal, grace, patience);
    if (!left.empty())
      return failed(format("{} process(es) of group {} do not end, not even by SIGKILL", left.size(), known->pid));
  }
  unlink(settings->record.c_str());
  return {};
}

Answer monitor(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto known = read_process_record(settings->record);
  if (!known) return {ExitCode::not_running, "not running"};
  if (!is_alive(*known)) {
    if (members_of(*known).empty()) return {ExitCode::not_running, format("process {} has ended", known->pid)};
    return failed(format("process {} has ended, but processes that it started still run", known->pid));
  }
  if (!settings->check) return {};
  // No limit of our own: a check that hangs is the runner's timeout, which is not a failure by itself (R4).
  const auto result = run_check(*settings->check, std::nullopt);
  if (!result) return failed(result.error().text);
  if (result->exit_code == 0) return {};
  return failed(appended(format("check failed with exit code {}", result->exit_code), result->output));
}

/// F5: a process that hangs may end in order within a third of the time; one whose leader is dead has no order any
/// more.
Answer recover(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto until = Clock::now() + own_limit(call);
  const auto known = read_process_record(settings->record);
  if (known && is_alive(*known))
    return start_after(*settings, known, settings->stop_signal, own_limit(call) / 3, until);
  return start_after(*settings, known, SIGKILL, Millis{0}, until);
}

Answer validate(const Invocation& call) {
  const auto settings = read_settings(call);
  return settings ? Answer{} : wrong(settings.error());
}

/// K10
Answer ready(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  std::string obstacle = launch_obstacle(settings->service);
  if (obstacle.empty() && settings->check) obstacle = launch_obstacle(*settings->check);
  return obstacle.empty() ? Answer{} : Answer{ExitCode::not_installed, std::move(obstacle)};
}

}  // namespace

const Kind& process_kind() {
  static const Kind kind{
      "process",
      "A command in the foreground that Holdfast runs and watches itself",
      {{"command", "string", Need::required, "", "List: program and arguments; it must stay in the foreground"},
       {"check", "string", Need::optional, "",
        "List: program and arguments; exit code 0 means well. Start repeats it until it passes, monitor runs it"},
       {"user", "string", Need::optional, "", "User name or number that the command and the check run as"},
       {"directory", "string", Need::optional, "/", "Working directory"},
       {"stop_signal", "string", Need::optional, "TERM", "TERM, INT, QUIT, HUP, USR1, USR2, WINCH or KILL"},
       {"environment", "string", Need::optional, "", "Table of variables, or list of NAME=value"}},
      start,
      stop,
      monitor,
      validate,
      recover,
      ready};
  return kind;
}

}  // namespace holdfast::agent
