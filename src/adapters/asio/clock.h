// The real clock: CLOCK_BOOTTIME, and timers of the daemon's event loop.
#pragma once

#include "ports/clock.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

/// Every call comes on the thread that runs the loop; so do the timers' calls. A timer that is destroyed before its
/// call began never calls, even when its time has come already. Timers may outlive the clock, not the loop.
class AsioClock final : public Clock {
 public:
  explicit AsioClock(boost::asio::io_context& loop) : loop_(loop) {}

  Instant now() const override;
  WallTime wall() const override;
  [[nodiscard]] std::unique_ptr<Timer> after(Micros delay, std::function<void()> call) override;

 private:
  boost::asio::io_context& loop_;
};

}  // namespace holdfast
