// What can be said of a watchdog device without opening it, which would arm it. Source: sysfs-class-watchdog of Linux.
#pragma once

#include <string>

namespace holdfast {

struct WatchdogFinding {
  std::string problem;  ///< it cannot guard this node: not there, no watchdog; empty: it can
  std::string warning;  ///< in use already, or it cannot be switched off; empty: nothing
};

/// `ours`: holdfast-watchdog runs on this node, so the device is in use by it.
WatchdogFinding look_at_watchdog(const std::string& device, bool ours);

}  // namespace holdfast
