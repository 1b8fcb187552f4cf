// systemd's D-Bus API for an agent: calls that wait, each bounded (K4). Source: org.freedesktop.systemd1(5),
// sd-bus(3). The daemon's loop never waits: its watch (unit_watch.cc) uses the asynchronous calls.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "adapters/process/systemd_unit.h"
#include "base/result.h"

struct sd_bus;
struct sd_bus_message;

namespace holdfast {

struct BusCloser {
  void operator()(sd_bus* bus) const;
};
using BusConnection = std::unique_ptr<sd_bus, BusCloser>;

/// Where systemd is asked: on the system's bus, or straight at its own socket, where there is no bus (not yet, or no
/// more: the machine shuts down).
enum class BusWay : std::uint8_t { system, direct };

/// Does not wait: whether anybody answers shows at the first call.
Result<BusConnection> open_bus(BusWay way);
/// The object of `unit`.
std::string unit_path(const std::string& unit);

inline constexpr const char* systemd_name = "org.freedesktop.systemd1";
inline constexpr const char* systemd_path = "/org/freedesktop/systemd1";
inline constexpr const char* systemd_interface = "org.freedesktop.systemd1.Manager";
inline constexpr const char* unit_interface = "org.freedesktop.systemd1.Unit";
inline constexpr const char* service_interface = "org.freedesktop.systemd1.Service";

/// How a unit's file was read.
struct UnitLoad {
  std::string load;   ///< loaded, masked, not-found, bad-setting, error
  std::string error;  ///< systemd's words, if any
  std::string file;   ///< enabled, disabled, static, ...: whether the OS starts it at boot
};

class SystemdBus {
 public:
  using Clock = std::chrono::steady_clock;

  /// Every call of it ends by `until`. Error: systemd is not there (another init, a container), or does not answer.
  static Result<SystemdBus> connect(Clock::time_point until);

  Result<UnitLoad> load(const std::string& unit);
  Result<UnitState> state(const std::string& unit);
  /// A text property of the manager, a unit or its service; empty if there is no such property.
  std::string text_property(const std::string& path, const char* interface, const char* name);
  bool flag_property(const std::string& path, const char* interface, const char* name);

  /// `method`: StartUnit or StopUnit. Waits for the job's result: done, failed, timeout, dependency, canceled, skipped,
  /// ...; empty: not ended by `until`.
  Result<std::string> run_job(const char* method, const std::string& unit, const char* mode, Clock::time_point until);
  Result<void> reload();
  /// Forgets that the unit has failed, and how often it was started lately.
  void reset_failed(const std::string& unit);
  Result<void> kill_all(const std::string& unit, int signal);
  /// How many processes the unit has, and one of them for a message.
  struct Processes {
    unsigned count = 0;
    std::string example;
  };
  Result<Processes> processes(const std::string& unit);

 private:
  SystemdBus(BusConnection bus, Clock::time_point until) : bus_(std::move(bus)), until_(until) {}
  static Result<BusConnection> answering(BusWay way, Clock::time_point until);
  Result<void> call(const char* method, const std::string& argument);
  void limit_calls();

  BusConnection bus_;
  Clock::time_point until_;
  bool subscribed_ = false;
};

}  // namespace holdfast
