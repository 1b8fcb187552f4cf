// May this node feed its watchdog? (G4) Pure, and of this node alone. The peers take a node that they lost for reset
// once the watchdog's timeout has passed; so whatever makes a node doubt whether it is still one of them ends the
// feeding at once, and not when the doubt is settled.
//
//   feeds --the loop late, or in doubt while something may run here--> does not --agreed and quorate again--> feeds
//                                                                            \--timeout--> the machine is reset
#pragma once

#include <cstdint>

#include "model/config.h"

namespace holdfast::core {

struct WatchdogInput {
  Instant now;
  Instant last_round;    ///< when the daemon's loop went round before this
  Micros loop_limit{0};  ///< a round that took longer is a stall
  bool held = false;     ///< this node stalled, and has not looked at everything anew yet (L5)
  bool agreed = false;   ///< it is a member of a synced view
  bool quorate = false;  ///< it has quorum in that view, asked in that view (G1)
  bool holds = false;    ///< something runs or may run here
};

enum class Feeding : std::uint8_t {
  yes,
  loop_late,   ///< the loop stood still
  held,        ///< it has stalled, and does not know what became of the others
  not_agreed,  ///< it is in no agreed view
  no_quorum,   ///< it may not act
};

Feeding may_feed(const WatchdogInput& input);

/// What the device is set to: less than the `watchdog.timeout` that the peers wait, because this node may notice later
/// than they do that they do not hear each other any more.
Millis device_timeout(const ClusterConfig& config);

/// For the log; empty for `yes`.
const char* why_not_fed(Feeding feeding);

}  // namespace holdfast::core
