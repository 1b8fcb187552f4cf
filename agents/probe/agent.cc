// Kind `probe` (K9): a small process of our own that answers a load balancer's health check while the resource is in
// service here, so that the load balancer sends its clients to this node.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "adapters/process/process_record.h"
#include "agents/kind.h"
#include "agents/parameters.h"
#include "agents/probe/endpoint.h"
#include "agents/process/group.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr Millis stop_grace{500};
constexpr Millis kill_patience{2000};
constexpr int answer_millis = 5000;
constexpr int longest_begin_millis = 5000;

struct Settings {
  Endpoint endpoint;
  std::string record;
};

Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }
Answer wrong(const Error& error) { return {ExitCode::not_configured, error.text}; }

Result<Settings> read_settings(const Invocation& call) {
  if (!call.parameter("port")) return failure("parameter port is missing, for example port = 59999");
  const auto port = number_parameter(call, "port", 0, 1, 65535);
  if (!port) return tl::unexpected(port.error());
  Settings out;
  out.endpoint = {call.parameter("address").value_or(""), static_cast<int>(*port)};
  if (auto addresses = addresses_of(out.endpoint, Side::listen); !addresses) return tl::unexpected(addresses.error());
  out.record = process_record_path(call.run_directory(), call.resource());
  return out;
}

int ask_limit(const Invocation& call) {
  return static_cast<int>(std::min<std::int64_t>(answer_millis, call.timeout().count() * 4 / 5));
}

/// The child's whole life. Its record is there before it answers anybody: whenever we are killed, either nothing runs
/// or the record tells what.
[[noreturn]] void live(const Settings& settings, const std::vector<Descriptor>& listeners, const std::string& page,
                       int report) {
  setsid();
  prctl(PR_SET_NAME, "holdfast-probe");
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  static_cast<void>(!chdir("/"));
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {0, 1, 2}) dup2(null, standard);
  const auto entry = look_up_process(getpid());
  if (!entry || !write_process_record(settings.record, entry->identity)) _exit(1);
  static_cast<void>(!write(report, "R", 1));
  close(report);
  serve(listeners, page);
}

Answer begin(const Invocation& call, const Settings& settings) {
  const auto listeners = listen_on(settings.endpoint, Absent::refused);
  if (!listeners) return failed(listeners.error().text);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failed(format("pipe: {}", std::strerror(errno)));
  const Descriptor reader{ends[0]};
  Descriptor writer{ends[1]};
  const std::string page = format("{} is in service here\n", call.resource());
  const pid_t child = fork();
  if (child < 0) return failed(format("fork: {}", std::strerror(errno)));
  if (child == 0) live(settings, *listeners, page, writer.get());
  writer.close();
  char byte = 0;
  pollfd entry{reader.get(), POLLIN, 0};
  if (::poll(&entry, 1, longest_begin_millis) > 0 && read(reader.get(), &byte, 1) == 1) return {};
  kill(child, SIGKILL);
  return failed(format("cannot write the record {}", settings.record));
}

/// Success: the process that the record names answers. `not_running`: there is none.
Answer look(const Invocation& call, const Settings& settings) {
  const auto known = read_process_record(settings.record);
  if (!known) return {ExitCode::not_running, "not running"};
  if (!is_alive(*known)) return {ExitCode::not_running, format("process {} has ended", known->pid)};
  const auto answer = ask(settings.endpoint, ask_limit(call));
  if (answer) return {};
  if (!is_alive(*known)) return {ExitCode::not_running, format("process {} has ended", known->pid)};
  return failed(answer.error().text);
}

Answer end(const Settings& settings) {
  const auto known = read_process_record(settings.record);
  if (known && !members_of(*known).empty() && !end_group(known->pid, SIGTERM, stop_grace, kill_patience).empty())
    return failed(format("process {} does not end, not even by SIGKILL", known->pid));
  unlink(settings.record.c_str());
  return {};
}

Answer start(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  if (look(call, *settings).code == ExitCode::success) return {};
  if (Answer ended = end(*settings); ended.code != ExitCode::success) return ended;
  return begin(call, *settings);
}

Answer stop(const Invocation& call) {
  const auto settings = read_settings(call);
  return settings ? end(*settings) : wrong(settings.error());
}

Answer monitor(const Invocation& call) {
  const auto settings = read_settings(call);
  return settings ? look(call, *settings) : wrong(settings.error());
}

Answer recover(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  if (Answer ended = end(*settings); ended.code != ExitCode::success) return ended;
  return begin(call, *settings);
}

Answer validate(const Invocation& call) {
  const auto settings = read_settings(call);
  return settings ? Answer{} : wrong(settings.error());
}

/// K10: its address may come with the resource below it; the port must be free.
Answer ready(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto known = read_process_record(settings->record);
  if (known && is_alive(*known)) return {};
  const auto listeners = listen_on(settings->endpoint, Absent::allowed);
  return listeners ? Answer{} : failed(listeners.error().text);
}

}  // namespace

const Kind& probe_kind() {
  static const Kind kind{
      "probe",
      "Answers a load balancer's health check on a TCP port while it is in service",
      {{"port", "integer", Need::required, "", "TCP port; a connection succeeds, and an HTTP GET is answered with 200"},
       {"address", "string", Need::optional, "",
        "IPv4 or IPv6 address to listen on; without it all addresses of the node"}},
      start,
      stop,
      monitor,
      validate,
      recover,
      ready};
  return kind;
}

}  // namespace holdfast::agent
