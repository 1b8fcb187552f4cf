#include "adapters/process/systemd_bus.h"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/format.h"

namespace holdfast {
namespace {

using Clock = SystemdBus::Clock;

constexpr const char* direct_address = "unix:path=/run/systemd/private";

std::uint64_t micros_until(Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(until - Clock::now()).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(left, 1000));
}

struct MessageCloser {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageCloser>;

/// An error of a call: systemd's own words.
class CallError {
 public:
  CallError() = default;
  ~CallError() { sd_bus_error_free(&error_); }
  CallError(const CallError&) = delete;
  CallError& operator=(const CallError&) = delete;
  sd_bus_error* get() { return &error_; }
  Error text(const std::string& what, int code) const {
    return Error{format("{}: {}", what, error_.message != nullptr ? error_.message : std::strerror(-code))};
  }

 private:
  sd_bus_error error_ = SD_BUS_ERROR_NULL;
};

/// What JobRemoved told, by the job's path.
using Ended = std::map<std::string, std::string>;

int on_job_removed(sd_bus_message* message, void* known, sd_bus_error*) {
  std::uint32_t number = 0;
  const char* path = nullptr;
  const char* unit = nullptr;
  const char* result = nullptr;
  if (sd_bus_message_read(message, "uoss", &number, &path, &unit, &result) >= 0)
    (*static_cast<Ended*>(known))[path] = result;
  return 0;
}

}  // namespace

void BusCloser::operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }

Result<BusConnection> open_bus(BusWay way) {
  sd_bus* bus = nullptr;
  int code = 0;
  if (way == BusWay::system) {
    code = sd_bus_open_system(&bus);
  } else {
    code = sd_bus_new(&bus);
    if (code >= 0) code = sd_bus_set_address(bus, direct_address);
    if (code >= 0) code = sd_bus_start(bus);
  }
  BusConnection owner{bus};
  if (code < 0) return failure(std::strerror(-code));
  return owner;
}

std::string unit_path(const std::string& unit) {
  char* path = nullptr;
  if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path) < 0) return "/";
  std::string out = path;
  std::free(path);
  return out;
}

Result<BusConnection> SystemdBus::answering(BusWay way, Clock::time_point until) {
  auto bus = open_bus(way);
  if (!bus) return bus;
  sd_bus_set_method_call_timeout(bus->get(), micros_until(until));
  CallError error;
  char* version = nullptr;
  const int code = sd_bus_get_property_string(bus->get(), systemd_name, systemd_path, systemd_interface, "Version",
                                              error.get(), &version);
  std::free(version);
  if (code < 0) return tl::unexpected(error.text("no answer", code));
  return bus;
}

Result<SystemdBus> SystemdBus::connect(Clock::time_point until) {
  auto bus = answering(BusWay::system, until);
  if (!bus) {
    const std::string why = bus.error().text;
    bus = answering(BusWay::direct, until);
    if (!bus) return failure(format("systemd cannot be reached over D-Bus on this node: {}", why));
  }
  return SystemdBus{std::move(*bus), until};
}

void SystemdBus::limit_calls() { sd_bus_set_method_call_timeout(bus_.get(), micros_until(until_)); }

std::string SystemdBus::text_property(const std::string& path, const char* interface, const char* name) {
  limit_calls();
  char* value = nullptr;
  if (sd_bus_get_property_string(bus_.get(), systemd_name, path.c_str(), interface, name, nullptr, &value) < 0)
    return {};
  std::string out = value;
  std::free(value);
  return out;
}

bool SystemdBus::flag_property(const std::string& path, const char* interface, const char* name) {
  limit_calls();
  int value = 0;
  sd_bus_get_property_trivial(bus_.get(), systemd_name, path.c_str(), interface, name, nullptr, 'b', &value);
  return value != 0;
}

Result<UnitLoad> SystemdBus::load(const std::string& unit) {
  const std::string path = unit_path(unit);
  limit_calls();
  CallError error;
  sd_bus_message* raw = nullptr;
  const int code = sd_bus_call_method(bus_.get(), systemd_name, systemd_path, systemd_interface, "LoadUnit",
                                      error.get(), &raw, "s", unit.c_str());
  const Message reply{raw};
  if (code < 0) return tl::unexpected(error.text(unit, code));
  UnitLoad out;
  out.load = text_property(path, unit_interface, "LoadState");
  out.file = text_property(path, unit_interface, "UnitFileState");
  sd_bus_message* error_raw = nullptr;
  const int got = sd_bus_get_property(bus_.get(), systemd_name, path.c_str(), unit_interface, "LoadError", nullptr,
                                      &error_raw, "(ss)");
  const Message load_error{error_raw};
  const char* name = nullptr;
  const char* text = nullptr;
  if (got >= 0 && sd_bus_message_read(error_raw, "(ss)", &name, &text) >= 0) out.error = text;
  return out;
}

Result<UnitState> SystemdBus::state(const std::string& unit) {
  const std::string path = unit_path(unit);
  UnitState out;
  limit_calls();
  CallError error;
  char* active = nullptr;
  const int code = sd_bus_get_property_string(bus_.get(), systemd_name, path.c_str(), unit_interface, "ActiveState",
                                              error.get(), &active);
  if (code < 0) return tl::unexpected(error.text(unit, code));
  out.active = active;
  std::free(active);
  out.sub = text_property(path, unit_interface, "SubState");
  sd_bus_message* raw = nullptr;
  const int got =
      sd_bus_get_property(bus_.get(), systemd_name, path.c_str(), unit_interface, "Job", nullptr, &raw, "(uo)");
  const Message job{raw};
  const char* job_path = nullptr;
  if (got >= 0) sd_bus_message_read(raw, "(uo)", &out.job, &job_path);
  if (is_in_service(out) || !unit.ends_with(".service")) return out;
  out.result = text_property(path, service_interface, "Result");
  for (const auto& [name, value] : {std::pair{"ExecMainCode", &out.main_code}, {"ExecMainStatus", &out.main_status}})
    sd_bus_get_property_trivial(bus_.get(), systemd_name, path.c_str(), service_interface, name, nullptr, 'i', value);
  return out;
}

Result<void> SystemdBus::call(const char* method, const std::string& argument) {
  limit_calls();
  CallError error;
  const int code = argument.empty() ? sd_bus_call_method(bus_.get(), systemd_name, systemd_path, systemd_interface,
                                                         method, error.get(), nullptr, "")
                                    : sd_bus_call_method(bus_.get(), systemd_name, systemd_path, systemd_interface,
                                                         method, error.get(), nullptr, "s", argument.c_str());
  if (code < 0) return tl::unexpected(error.text(format("systemd's {} {}", method, argument), code));
  return {};
}

Result<void> SystemdBus::reload() { return call("Reload", ""); }

void SystemdBus::reset_failed(const std::string& unit) { static_cast<void>(call("ResetFailedUnit", unit)); }

Result<void> SystemdBus::kill_all(const std::string& unit, int signal) {
  limit_calls();
  CallError error;
  const int code = sd_bus_call_method(bus_.get(), systemd_name, systemd_path, systemd_interface, "KillUnit",
                                      error.get(), nullptr, "ssi", unit.c_str(), "all", signal);
  if (code < 0) return tl::unexpected(error.text("systemd's KillUnit " + unit, code));
  return {};
}

Result<SystemdBus::Processes> SystemdBus::processes(const std::string& unit) {
  limit_calls();
  CallError error;
  sd_bus_message* raw = nullptr;
  const int code = sd_bus_call_method(bus_.get(), systemd_name, systemd_path, systemd_interface, "GetUnitProcesses",
                                      error.get(), &raw, "s", unit.c_str());
  const Message reply{raw};
  if (code < 0) return tl::unexpected(error.text("systemd's GetUnitProcesses " + unit, code));
  Processes out;
  const char* group = nullptr;
  const char* command = nullptr;
  std::uint32_t pid = 0;
  if (sd_bus_message_enter_container(raw, 'a', "(sus)") < 0) return out;
  while (sd_bus_message_read(raw, "(sus)", &group, &pid, &command) > 0)
    if (out.count++ == 0) out.example = format("{} ({})", pid, command);
  return out;
}

/// The signal is awaited from before the call on: a job may end before its own answer is read.
Result<std::string> SystemdBus::run_job(const char* method, const std::string& unit, const char* mode,
                                        Clock::time_point until) {
  Ended ended;
  sd_bus_slot* slot = nullptr;
  limit_calls();
  const int matched = sd_bus_match_signal(bus_.get(), &slot, nullptr, systemd_path, systemd_interface, "JobRemoved",
                                          on_job_removed, &ended);
  const std::unique_ptr<sd_bus_slot, sd_bus_slot* (*)(sd_bus_slot*)> owner{slot, &sd_bus_slot_unref};
  if (matched < 0) return failure(format("cannot watch systemd's jobs: {}", std::strerror(-matched)));
  if (auto subscribed = subscribed_ ? Result<void>{} : call("Subscribe", ""); !subscribed)
    return tl::unexpected(subscribed.error());
  subscribed_ = true;
  CallError error;
  sd_bus_message* raw = nullptr;
  const int code = sd_bus_call_method(bus_.get(), systemd_name, systemd_path, systemd_interface, method, error.get(),
                                      &raw, "ss", unit.c_str(), mode);
  const Message reply{raw};
  if (code < 0) return tl::unexpected(error.text(format("systemd's {} {}", method, unit), code));
  const char* path = nullptr;
  if (sd_bus_message_read(raw, "o", &path) < 0) return failure(format("systemd's {} {}: no job", method, unit));
  while (ended.find(path) == ended.end()) {
    const int done = sd_bus_process(bus_.get(), nullptr);
    if (done < 0) return failure(format("lost systemd while it worked on {}: {}", unit, std::strerror(-done)));
    if (done > 0) continue;
    if (Clock::now() >= until) return std::string{};
    sd_bus_wait(bus_.get(), micros_until(until));
  }
  return ended[path];
}

}  // namespace holdfast
