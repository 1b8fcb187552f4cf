// The simulated time: a queue of things to come, run in the order of (time, order of scheduling). One thread.
// Made cheap (a pool of slots, a 4-word heap entry), since a simulated node-hour is some 100,000 events.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/time.h"

namespace holdfast::sim {

/// Who runs what is due. While it is paused, its events wait and then come all at once, in their order (L5).
/// When it has ended, they never come.
class Owner {
 public:
  bool paused() const { return paused_; }
  bool ended() const { return ended_; }

 private:
  friend class Scheduler;
  bool paused_ = false;
  bool ended_ = false;
  std::vector<std::uint32_t> waiting_;  ///< slots that came due during the pause
};

class Scheduler {
 public:
  /// Names a scheduled event; one that has run or was cancelled names nothing.
  struct Ticket {
    std::uint32_t slot = 0;
    std::uint32_t life = 0;
  };

  Instant now() const { return now_; }

  /// `owner` may be null (the world itself); else it must outlive the scheduler. A time in the past means now.
  Ticket at(Instant when, Owner* owner, std::function<void()> call);
  Ticket after(Micros delay, Owner* owner, std::function<void()> call) {
    return at(now_ + delay, owner, std::move(call));
  }
  void cancel(Ticket ticket);

  void pause(Owner& owner) { owner.paused_ = true; }
  void resume(Owner& owner);
  void end(Owner& owner);

  /// Runs everything that is due until `when`, and moves the time there. Stops early, at the current event's time,
  /// once stop() was called.
  void run_until(Instant when);
  void stop() { stopped_ = true; }

  /// Number of events run so far.
  std::uint64_t events() const { return events_; }

 private:
  struct Slot {
    std::function<void()> call;
    Owner* owner = nullptr;
    std::uint32_t life = 1;
    bool cancelled = false;
  };
  struct Entry {
    std::int64_t when;
    std::uint64_t order;
    std::uint32_t slot;
    bool operator<(const Entry& o) const { return when != o.when ? when > o.when : order > o.order; }
  };

  void push(std::int64_t when, std::uint32_t slot);
  void release(std::uint32_t slot);
  void run_slot(std::uint32_t slot);

  Instant now_{};
  std::uint64_t order_ = 0;
  std::uint64_t events_ = 0;
  bool stopped_ = false;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<Entry> heap_;
};

}  // namespace holdfast::sim
