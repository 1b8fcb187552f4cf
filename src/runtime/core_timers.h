// The core's timers on this node. Every member holds every timer; the one of the lowest rank fires first, the others
// step in 500 ms apart if nothing came (engine.md 4.1, condition 7).
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "model/action.h"
#include "ports/clock.h"

namespace holdfast::runtime {

class CoreTimers {
 public:
  /// `fire` multicasts. If its message is lost, so is the view, and the next one sets the timer anew.
  CoreTimers(Clock& clock, std::function<void(TimerId)> fire) : clock_(clock), fire_(std::move(fire)) {}

  void set(const SetTimer& timer, std::size_t rank) { arm(timer.timer, timer.after + Millis{500} * rank); }
  /// Fires again after `delay`.
  void repeat(TimerId id, Micros delay) { arm(id, delay); }
  /// Consumed: one of the members fired it.
  void cancel(TimerId id) { timers_.erase(id); }
  void cancel_all() { timers_.clear(); }

 private:
  void arm(TimerId id, Micros delay) {
    timers_[id] = clock_.after(delay, [this, id] {
      const auto fired = timers_.extract(id);  // lives until the end of its own call
      fire_(fired.key());
    });
  }

  Clock& clock_;
  std::function<void(TimerId)> fire_;
  std::map<TimerId, std::unique_ptr<Timer>> timers_;
};

}  // namespace holdfast::runtime
