#include "core/local/watchdog.h"

#include <algorithm>

namespace holdfast::core {

Feeding may_feed(const WatchdogInput& input) {
  if (input.now - input.last_round > input.loop_limit) return Feeding::loop_late;
  // A node on which nothing runs endangers nobody; one that boots alone would be reset for ever.
  if (!input.holds) return Feeding::yes;
  if (input.held) return Feeding::held;
  if (!input.agreed) return Feeding::not_agreed;
  return input.quorate ? Feeding::yes : Feeding::no_quorum;
}

Millis device_timeout(const ClusterConfig& config) {
  // Token and consensus, 2.2 tokens (engine.md 2.9), and the sync and the rounds in which all this is looked at.
  const Millis margin = Millis{config.detection.token.count() * 22 / 10} + Millis{500};
  return config.watchdog.timeout - std::min(margin, config.watchdog.timeout / 2);
}

const char* why_not_fed(Feeding feeding) {
  switch (feeding) {
    case Feeding::yes:
      break;
    case Feeding::loop_late:
      return "the daemon's loop stood still";
    case Feeding::held:
      return "this node stalled, and its resources and links are not judged afresh yet";
    case Feeding::not_agreed:
      return "this node is in no agreed view";
    case Feeding::no_quorum:
      return "this node has no quorum";
  }
  return "";
}

}  // namespace holdfast::core
