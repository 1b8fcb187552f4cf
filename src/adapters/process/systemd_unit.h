// What systemd knows of a unit, as plain values and as text (K4). Source: org.freedesktop.systemd1(5).
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

struct UnitState {
  std::string active;     ///< active, reloading, inactive, failed, activating, deactivating
  std::string sub;        ///< finer, by the unit's kind: running, exited, dead, auto-restart, ...
  std::string result;     ///< of a service: success, exit-code, signal, timeout, ...; empty: not asked
  int main_code = 0;      ///< how a service's last main process ended: CLD_EXITED, CLD_KILLED, ...; 0: it has not
  int main_status = 0;    ///< its exit code, or the signal
  std::uint32_t job = 0;  ///< the number of the job that is queued or runs; 0: none
};

/// In service: also while it reloads its configuration.
bool is_in_service(const UnitState& state);
/// On the way to another state: what it will be is not known yet.
bool is_between(const UnitState& state);

/// `nginx.service is failed (failed): exit-code, its main process ended with exit code 3`
std::string describe(const std::string& unit, const UnitState& state);

}  // namespace holdfast
