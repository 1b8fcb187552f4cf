// The socket and the clock around a Feeder.
#pragma once

#include <string>

namespace holdfast::watchdog {

struct ServerSettings {
  std::string device = "/dev/watchdog";
  std::string socket = "/run/holdfast/watchdog.sock";
};

/// Listens, arms the device for the first daemon that says its timeout, and feeds it. Returns the exit code when a
/// daemon has let go: 0; 1 if the socket or the device cannot be had (a daemon that connects in time is told why).
int serve(const ServerSettings& settings);

}  // namespace holdfast::watchdog
