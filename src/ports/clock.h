// Time and timers, as the runtime needs them. Real: the daemon's event loop. Simulated: sim/.
#pragma once

#include <functional>
#include <memory>

#include "base/time.h"

namespace holdfast {

/// One timer that has not fired; destroying it cancels.
class Timer {
 public:
  virtual ~Timer() = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  /// CLOCK_BOOTTIME: it counts on while the machine sleeps, and no clock step moves it.
  virtual Instant now() const = 0;
  /// For records only.
  virtual WallTime wall() const = 0;
  /// Calls `call` once, after `delay`, on the runtime's thread.
  [[nodiscard]] virtual std::unique_ptr<Timer> after(Micros delay, std::function<void()> call) = 0;
};

}  // namespace holdfast
