#include "sim/guard_ports.h"

#include "base/format.h"

namespace holdfast::sim {

namespace {
constexpr Micros agent_time{100000};
}

void SimFence::fence(const FenceOrder& order, std::function<void(FenceResult)> done) {
  auto job = std::make_shared<Job>(Job{order, std::move(done)});
  if (jobs_.contains(order.target)) return end(job, FenceVerdict::not_runnable, "it is being fenced already");
  jobs_[order.target] = job;
  scheduler_.after(order.delay + agent_time, &owner_, [this, job] {
    if (!job->over) run(job);
  });
}

void SimFence::run(const std::shared_ptr<Job>& job) {
  if (!guards_.reaches_network(self_)) return end(job, FenceVerdict::failed, "the power switch is not reached");
  const FenceHealth health = guards_.power_switch(job->order.target);
  if (health == FenceHealth::fail) return end(job, FenceVerdict::failed, "out of order");
  if (health == FenceHealth::hang) {
    scheduler_.after(job->order.limit, &owner_, [this, job] {
      if (!job->over) end(job, FenceVerdict::timed_out, "gave no answer in time");
    });
    return;
  }
  power_.switch_off(job->order.target);
  end(job, FenceVerdict::off, "confirmed off");
}

void SimFence::cancel(NodeId target) {
  const auto found = jobs_.find(target);
  if (found != jobs_.end()) end(found->second, FenceVerdict::cancelled, "given up");
}

void SimFence::end(const std::shared_ptr<Job>& job, FenceVerdict verdict, const std::string& text) {
  job->over = true;
  if (const auto found = jobs_.find(job->order.target); found != jobs_.end() && found->second == job)
    jobs_.erase(found);
  scheduler_.after(Micros{0}, &owner_, [job, verdict, said = format("{}: {}", job->order.agent, text)] {
    job->done({verdict, 0, said});
  });
}

}  // namespace holdfast::sim
