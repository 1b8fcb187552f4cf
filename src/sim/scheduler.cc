#include "sim/scheduler.h"

#include <algorithm>
#include <utility>

namespace holdfast::sim {

Scheduler::Ticket Scheduler::at(Instant when, Owner* owner, std::function<void()> call) {
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.call = std::move(call);
  slot.owner = owner;
  slot.cancelled = false;
  push(std::max(when, now_).micros, index);
  return Ticket{index, slot.life};
}

void Scheduler::push(std::int64_t when, std::uint32_t slot) {
  heap_.push_back(Entry{when, ++order_, slot});
  std::push_heap(heap_.begin(), heap_.end());
}

void Scheduler::cancel(Ticket ticket) {
  if (ticket.slot >= slots_.size()) return;
  Slot& slot = slots_[ticket.slot];
  if (slot.life != ticket.life) return;
  slot.cancelled = true;  // the heap's entry frees it
  slot.call = nullptr;
}

void Scheduler::release(std::uint32_t slot) {
  slots_[slot].call = nullptr;
  ++slots_[slot].life;
  free_.push_back(slot);
}

void Scheduler::resume(Owner& owner) {
  owner.paused_ = false;
  for (const std::uint32_t slot : std::exchange(owner.waiting_, {})) push(now_.micros, slot);
}

void Scheduler::end(Owner& owner) {
  owner.ended_ = true;
  for (const std::uint32_t slot : std::exchange(owner.waiting_, {})) release(slot);
}

void Scheduler::run_slot(std::uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.cancelled || (slot.owner != nullptr && slot.owner->ended_)) return release(index);
  if (slot.owner != nullptr && slot.owner->paused_) return slot.owner->waiting_.push_back(index);
  const std::function<void()> call = std::move(slot.call);  // the call may schedule, and so move `slots_`
  release(index);
  ++events_;
  call();
}

void Scheduler::run_until(Instant when) {
  stopped_ = false;
  while (!stopped_ && !heap_.empty() && heap_.front().when <= when.micros) {
    std::pop_heap(heap_.begin(), heap_.end());
    const Entry entry = heap_.back();
    heap_.pop_back();
    now_.micros = entry.when;
    run_slot(entry.slot);
  }
  if (!stopped_ && now_ < when) now_ = when;
}

}  // namespace holdfast::sim
