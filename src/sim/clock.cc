#include "sim/clock.h"

#include <utility>

namespace holdfast::sim {

namespace {

class SimTimer final : public Timer {
 public:
  SimTimer(Scheduler& scheduler, Scheduler::Ticket ticket) : scheduler_(scheduler), ticket_(ticket) {}
  SimTimer(const SimTimer&) = delete;
  SimTimer& operator=(const SimTimer&) = delete;
  ~SimTimer() override { scheduler_.cancel(ticket_); }

 private:
  Scheduler& scheduler_;
  Scheduler::Ticket ticket_;
};

}  // namespace

std::unique_ptr<Timer> SimClock::after(Micros delay, std::function<void()> call) {
  return std::make_unique<SimTimer>(scheduler_, scheduler_.after(delay, &owner_, std::move(call)));
}

}  // namespace holdfast::sim
