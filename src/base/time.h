// Time as values. Nothing here reads a clock: that is ports/clock.h.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace holdfast {

using Millis = std::chrono::milliseconds;
using Micros = std::chrono::microseconds;

/// A point of the node's own steady time (it counts on while the machine sleeps), in microseconds since an
/// arbitrary start. Never compared between nodes.
struct Instant {
  std::int64_t micros = 0;
  auto operator<=>(const Instant&) const = default;
};

inline Instant operator+(Instant a, Micros d) { return Instant{a.micros + d.count()}; }
inline Micros operator-(Instant a, Instant b) { return Micros{a.micros - b.micros}; }

/// Wall-clock time in milliseconds since 1970 (UTC). For records and logs only; clocks may step.
struct WallTime {
  std::int64_t millis = 0;
  auto operator<=>(const WallTime&) const = default;
};

}  // namespace holdfast
