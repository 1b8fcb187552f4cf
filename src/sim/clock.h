// The clock of one simulated daemon. It goes on while the node is paused (CLOCK_BOOTTIME); the timers then fire late.
#pragma once

#include "ports/clock.h"
#include "sim/scheduler.h"

namespace holdfast::sim {

/// The wall clock at the begin of every simulation: 2026-01-01 00:00 UTC.
inline constexpr std::int64_t simulation_begin_millis = 1767225600000;

class SimClock final : public Clock {
 public:
  /// `offset`: nodes' steady clocks have nothing in common. `wrong`: by how much the node's wall clock is wrong now.
  SimClock(Scheduler& scheduler, Owner& owner, Micros offset, const Micros& wrong)
      : scheduler_(scheduler), owner_(owner), offset_(offset), wrong_(wrong) {}

  Instant now() const override { return scheduler_.now() + offset_; }
  WallTime wall() const override {
    return WallTime{simulation_begin_millis + (scheduler_.now() + wrong_).micros / 1000};
  }
  std::unique_ptr<Timer> after(Micros delay, std::function<void()> call) override;

 private:
  Scheduler& scheduler_;
  Owner& owner_;
  Micros offset_;
  const Micros& wrong_;
};

}  // namespace holdfast::sim
