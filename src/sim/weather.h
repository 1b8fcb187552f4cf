// How unkind the simulated world is. Scenarios run in calm weather unless they say `set weather=rough`; random runs in
// rough weather: all that engine.md, section 4.4 lists.
#pragma once

#include "base/time.h"

namespace holdfast::sim {

struct Weather {
  int late_view_percent = 0;       ///< a node sees a view change up to 1.5 s after the others
  int stray_last_percent = 0;      ///< the last message before a cut is applied on its sender's side only
  int lost_in_flight_percent = 0;  ///< a message under way at a cut does not reach the other side
  int stale_view_percent = 0;      ///< a view of one's own only comes before the merged one
  int late_leave_percent = 0;      ///< a killed daemon leaves the group only after its successor joined
  Micros slowest_write{0};         ///< of a node's state to its disk

  static Weather calm() { return {}; }
  static Weather rough() { return Weather{8, 30, 50, 10, 15, Micros{30000}}; }
};

}  // namespace holdfast::sim
