#include "sim/agent_runner.h"

#include <algorithm>

namespace holdfast::sim {

struct SimAgentRunner::Run {
  const ResourceConfig& resource;
  OperationKind kind;
  std::function<void(OperationResult)> done;
  std::uint64_t process = 0;
  Scheduler::Ticket timeout;
};

namespace {

Micros limit_of(const ResourceConfig& resource, OperationKind kind) {
  if (kind == OperationKind::start) return resource.timeouts.start;
  if (kind == OperationKind::stop) return resource.timeouts.stop;
  return resource.timeouts.monitor;
}

bool changes_something(OperationKind kind) {
  return kind == OperationKind::start || kind == OperationKind::stop || kind == OperationKind::recover;
}

}  // namespace

SimAgentRunner::SimAgentRunner(Scheduler& scheduler, Owner& owner, Services& services, NodeId node, std::uint64_t seed)
    : scheduler_(scheduler), owner_(owner), services_(services), node_(node), random_(seed) {
  services_.set_death_watch(node_, [this](const ResourceName& resource) { died(resource); });
}

SimAgentRunner::~SimAgentRunner() { services_.set_death_watch(node_, nullptr); }

void SimAgentRunner::run(const ResourceConfig& resource, OperationKind kind,
                         std::function<void(OperationResult)> done) {
  const auto run = std::make_shared<Run>(Run{services_.config_of(resource.name), kind, std::move(done), 0, {}});
  if (changes_something(kind)) ++busy_;
  const Millis patience = std::max({resource.timeouts.start, resource.timeouts.stop, resource.timeouts.recover});
  begin(run, scheduler_.now() + patience);
}

/// R2: one that an earlier life of this daemon began ends before, or is ended (adapters/process/operation_records.h).
void SimAgentRunner::begin(const std::shared_ptr<Run>& run, Instant patience_ends) {
  if (const auto earlier = services_.operation_on(node_, run->resource.name)) {
    if (scheduler_.now() >= patience_ends) services_.cancel(node_, *earlier);
    scheduler_.after(Millis{50}, &owner_, [this, run, patience_ends] { begin(run, patience_ends); });
    return;
  }
  // The agent's process belongs to the machine, its result to this daemon's life: it comes by a second event.
  Owner* life = &owner_;
  run->process =
      services_.begin(node_, run->resource.name, run->kind, [this, life, run](const OperationResult& result) {
        if (life->ended()) return;
        scheduler_.after(Micros{0}, life, [this, run, result] { finish(run, result); });
      });
  run->timeout = scheduler_.after(limit_of(run->resource, run->kind), life, [this, run] { time_out(run); });
}

void SimAgentRunner::finish(const std::shared_ptr<Run>& run, const OperationResult& result) {
  if (!run->done) return;  // it timed out in the same moment
  scheduler_.cancel(run->timeout);
  if (changes_something(run->kind)) --busy_;
  std::exchange(run->done, nullptr)(result);
}

void SimAgentRunner::time_out(const std::shared_ptr<Run>& run) {
  if (!run->done) return;
  services_.cancel(node_, run->process);
  const OperationResult result{OperationOutcome::timed_out, ResourceState::unknown, -1, "killed after its timeout"};
  if (services_.observer != nullptr) services_.observer->on_operation_end(node_, run->resource.name, run->kind, result);
  if (changes_something(run->kind)) --busy_;
  std::exchange(run->done, nullptr)(result);
}

void SimAgentRunner::ask_ready(const ResourceConfig& /*resource*/, std::function<void(Readiness)> done) {
  constexpr Micros looking{5000};
  scheduler_.after(looking, &owner_, [done = std::move(done)] { done({Verdict::ready, ""}); });
}

void SimAgentRunner::watch(const ResourceConfig& resource,
                           std::function<void(ResourceState observed, std::string why)> changed) {
  // Other agents see a death by their next monitor only.
  if (resource.agent == "process" || resource.agent == "ip") watched_[resource.name] = std::move(changed);
}

void SimAgentRunner::died(const ResourceName& resource) {
  if (!watched_.contains(resource)) return;
  scheduler_.after(Micros{random_.between(5000, 100000)}, &owner_, [this, resource] {
    const auto watched = watched_.find(resource);
    if (watched == watched_.end() || services_.running(node_, resource)) return;
    const auto call = watched->second;  // it may end its own watch
    call(ResourceState::out_of_service, "it is gone");
  });
}

}  // namespace holdfast::sim
