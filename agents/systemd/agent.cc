// Kind `systemd` (K4): a unit of systemd, started and stopped by jobs whose results are awaited.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "adapters/process/systemd_bus.h"
#include "agents/kind.h"
#include "agents/parameters.h"
#include "agents/systemd/drop_in.h"
#include "agents/systemd/unit_name.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long longest_wait_seconds = 600;
constexpr Millis look_again{20};
constexpr Millis look_again_later{200};

Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }
Answer failed(const Error& error) { return failed(error.text); }
bool succeeded(const Answer& answer) { return answer.code == ExitCode::success; }

struct Settings {
  std::string unit;
  std::chrono::seconds wait{0};
};

Result<Settings> read_settings(const Invocation& call) {
  Settings out;
  out.unit = call.parameter("unit").value_or("");
  if (out.unit.empty()) return failure("parameter unit is missing, for example unit = \"nginx.service\"");
  if (auto named = check_unit_name(out.unit); !named) return tl::unexpected(named.error());
  const auto wait = number_parameter(call, "wait", 0, 0, longest_wait_seconds);
  if (!wait) return tl::unexpected(wait.error());
  out.wait = std::chrono::seconds{*wait};
  return out;
}

Answer wrong(const Error& error) { return {ExitCode::not_configured, error.text}; }

/// Part of the caller's limit is ours: time to clean up, and to say what happened, before the runner kills us.
Clock::time_point own_limit(const Invocation& call, Clock::time_point began) {
  return began + call.timeout() - std::min<Millis>(Millis{1000}, call.timeout() / 5);
}

/// Why it could not be started here; success if it could.
Answer startable(const std::string& unit, const UnitLoad& load) {
  if (load.load == "loaded") return {};
  if (load.load == "not-found")
    return {ExitCode::not_installed, format("unit {} is not known to systemd on this node", unit)};
  if (load.load == "masked")
    return {ExitCode::not_installed, format("unit {} is masked on this node (systemctl unmask {})", unit, unit)};
  return {ExitCode::not_installed, format("unit {} cannot be loaded on this node ({}): {} (systemd-analyze verify {})",
                                          unit, load.load, load.error, unit)};
}

/// Its state once it is not on the way to another one any more, or when `until` comes.
Result<UnitState> settled(SystemdBus& bus, const std::string& unit, Clock::time_point until) {
  const auto began = Clock::now();
  for (;;) {
    auto state = bus.state(unit);
    if (!state || !is_between(*state) || Clock::now() >= until) return state;
    std::this_thread::sleep_for(Clock::now() - began < std::chrono::seconds{1} ? look_again : look_again_later);
  }
}

/// The unit is the OS's again. In a shutdown nobody reads units any more.
void release(SystemdBus& bus, const std::string& unit) {
  if (remove_drop_in(unit) == DropIn::changed &&
      bus.text_property(systemd_path, systemd_interface, "SystemState") != "stopping")
    static_cast<void>(bus.reload());
}

Result<void> take_over(SystemdBus& bus, const std::string& unit) {
  const auto put = put_drop_in(unit);
  if (!put) return tl::unexpected(put.error());
  return *put == DropIn::changed ? bus.reload() : Result<void>{};
}

// --- start -----------------------------------------------------------------------------------------------------------

/// Type=simple is started when it was forked: one that ends at once is seen only afterwards.
Answer stays_active(SystemdBus& bus, const Settings& settings, Clock::time_point until) {
  const auto end = std::min(until, Clock::now() + settings.wait);
  for (;;) {
    const auto state = settled(bus, settings.unit, until);
    if (!state) return failed(state.error());
    if (!is_in_service(*state)) {
      const bool once = state->active == "inactive" && state->result == "success";
      return failed(describe(settings.unit, *state) +
                    (once ? "; a unit that ends by itself can be in service only with RemainAfterExit=yes" : ""));
    }
    if (Clock::now() >= end) return {};
    std::this_thread::sleep_for(look_again_later);
  }
}

Answer run_start(SystemdBus& bus, const Settings& settings, Clock::time_point until) {
  bus.reset_failed(settings.unit);  // its limit of starts counts those of the past, too
  const auto result = bus.run_job("StartUnit", settings.unit, "replace", until);
  if (!result) return failed(result.error());
  const auto state = bus.state(settings.unit);
  const std::string shown = state ? describe(settings.unit, *state) : settings.unit;
  if (result->empty()) return failed("it did not start in time: " + shown);
  if (*result == "dependency") return failed(format("a unit that {} requires did not start: {}", settings.unit, shown));
  if (*result != "done") return failed(format("systemd's start job ended with {}: {}", *result, shown));
  return stays_active(bus, settings, until);
}

/// S1: a failed start leaves nothing in service. Within the rest of the time; the stop that may follow knows more.
void undo_start(SystemdBus& bus, const std::string& unit, Clock::time_point until) {
  static_cast<void>(bus.run_job("StopUnit", unit, "replace", until));
  release(bus, unit);
}

Answer start_unit(SystemdBus& bus, const Settings& settings, Clock::time_point until) {
  const auto load = bus.load(settings.unit);
  if (!load) return failed(load.error());
  if (Answer answer = startable(settings.unit, *load); !succeeded(answer)) return answer;
  if (auto taken = take_over(bus, settings.unit); !taken) return failed(taken.error());
  const auto reserve = std::min<Clock::duration>(std::chrono::seconds{2}, (until - Clock::now()) / 5);
  Answer answer = run_start(bus, settings, until - reserve);
  if (!succeeded(answer)) undo_start(bus, settings.unit, until);
  return answer;
}

// --- stop ------------------------------------------------------------------------------------------------------------

/// What the unit's author wants to outlive it (KillMode=process, none) is not the unit any more.
Answer nothing_left(SystemdBus& bus, const std::string& unit) {
  if (!unit.ends_with(".service")) return {};
  const std::string mode = bus.text_property(unit_path(unit), service_interface, "KillMode");
  if (mode == "process" || mode == "none") return {};
  const auto left = bus.processes(unit);
  if (!left || left->count == 0) return {};
  return failed(
      format("{} process(es) of {} still run after its stop, for example {}", left->count, unit, left->example));
}

/// The drop-in makes a stop of the unit wait for that of Holdfast itself, which waits for us (systemctl stop holdfast,
/// the machine's shutdown). So does a stop that is queued already. Then it is carried out at once.
const char* stop_mode(SystemdBus& bus, const UnitState& state) {
  const auto holdfast = bus.state("holdfast.service");
  const bool we_stop = holdfast && (holdfast->job != 0 || holdfast->active == "deactivating");
  return we_stop || state.job != 0 ? "ignore-dependencies" : "replace";
}

bool is_down(const UnitState& state) { return state.active == "inactive" || state.active == "failed"; }

/// Its state once it is down, or when `until` comes.
Result<UnitState> await_down(SystemdBus& bus, const std::string& unit, Clock::time_point until) {
  for (;;) {
    auto state = bus.state(unit);
    if (!state || is_down(*state) || Clock::now() >= until) return state;
    std::this_thread::sleep_for(look_again);
  }
}

/// systemd's own time limit of the unit may be longer than ours: then it is killed here, as far as it may be.
Answer run_stop(SystemdBus& bus, const std::string& unit, const UnitState& before, Clock::time_point until) {
  const auto grace = Clock::now() + (until - Clock::now()) * 3 / 4;
  auto result = bus.run_job("StopUnit", unit, stop_mode(bus, before), grace);
  if (!result) return failed(result.error());
  const bool may_kill =
      unit.ends_with(".service") && bus.flag_property(unit_path(unit), service_interface, "SendSIGKILL");
  if (result->empty() && may_kill) static_cast<void>(bus.kill_all(unit, SIGKILL));
  const auto state = await_down(bus, unit, until);
  if (!state) return failed(state.error());
  if (!is_down(*state))
    return failed(format("it does not stop{}: {}", result->empty() ? " in time" : "", describe(unit, *state)));
  return nothing_left(bus, unit);
}

enum class Next : std::uint8_t { nothing, start };

Answer stop_unit(SystemdBus& bus, const std::string& unit, Next next, Clock::time_point until) {
  const auto state = bus.state(unit);
  if (!state) return failed(state.error());
  const bool runs = !is_down(*state) || state->job != 0;
  Answer answer = runs ? run_stop(bus, unit, *state, until) : nothing_left(bus, unit);
  if (!succeeded(answer)) return answer;
  bus.reset_failed(unit);
  if (next == Next::nothing) release(bus, unit);
  return answer;
}

// --- actions ---------------------------------------------------------------------------------------------------------

Answer start(const Invocation& call) {
  const auto until = own_limit(call, Clock::now());
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  auto bus = SystemdBus::connect(until);
  return bus ? start_unit(*bus, *settings, until) : failed(bus.error());
}

Answer stop(const Invocation& call) {
  const auto until = own_limit(call, Clock::now());
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  auto bus = SystemdBus::connect(until);
  return bus ? stop_unit(*bus, settings->unit, Next::nothing, until) : failed(bus.error());
}

/// A restart by an operator's systemctl is waited for. One that was found in service and not started by us (R6) is
/// watched over like any other from then on.
Answer monitor(const Invocation& call) {
  const auto until = own_limit(call, Clock::now());
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  auto bus = SystemdBus::connect(until);
  if (!bus) return failed(bus.error());
  const auto state = settled(*bus, settings->unit, until);
  if (!state) return failed(state.error());
  if (is_in_service(*state)) {
    if (call.is_probe() || has_drop_in(settings->unit)) return {};
    const auto taken = take_over(*bus, settings->unit);
    return taken ? Answer{} : Answer{ExitCode::success, taken.error().text};
  }
  // Asked where it should not run, one that failed some day is a unit that does not run.
  return {
      is_down(*state) && (call.is_probe() || state->active == "inactive") ? ExitCode::not_running : ExitCode::generic,
      describe(settings->unit, *state)};
}

/// F5: what is left of it is stopped within half of the time.
Answer recover(const Invocation& call) {
  const auto until = own_limit(call, Clock::now());
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  auto bus = SystemdBus::connect(until);
  if (!bus) return failed(bus.error());
  const auto half = Clock::now() + (until - Clock::now()) / 2;
  if (Answer stopped = stop_unit(*bus, settings->unit, Next::start, half); !succeeded(stopped)) return stopped;
  return start_unit(*bus, *settings, until);
}

Answer validate(const Invocation& call) {
  const auto settings = read_settings(call);
  return settings ? Answer{} : wrong(settings.error());
}

/// K10
Answer ready(const Invocation& call) {
  const auto until = own_limit(call, Clock::now());
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  auto bus = SystemdBus::connect(until);
  if (!bus) return {ExitCode::not_installed, bus.error().text};
  const auto load = bus->load(settings->unit);
  if (!load) return failed(load.error());
  if (Answer answer = startable(settings->unit, *load); !succeeded(answer)) return answer;
  if (load->file == "enabled")
    return {ExitCode::success,
            format("unit {} is enabled: the OS starts it at boot, beside Holdfast (systemctl disable {})",
                   settings->unit, settings->unit)};
  return {};
}

}  // namespace

const Kind& systemd_kind() {
  static const Kind kind{
      "systemd",
      "A unit of systemd, started and stopped over D-Bus; its failure is seen by systemd's own signal",
      {{"unit", "string", Need::required, "",
        "The unit's full name, for example nginx.service or postgresql@15-main.service"},
       {"wait", "integer", Need::optional, "0",
        "Seconds that it must stay active before its start has succeeded; for units that are started before they "
        "work"}},
      start,
      stop,
      monitor,
      validate,
      recover,
      ready};
  return kind;
}

}  // namespace holdfast::agent
