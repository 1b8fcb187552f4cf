#include "adapters/process/agent_processes.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace holdfast {
namespace {

constexpr Millis ready_limit{20'000};

Millis limit_of(const ResourceConfig& resource, OperationKind kind) {
  switch (kind) {
    case OperationKind::start:
      return resource.timeouts.start;
    case OperationKind::stop:
      return resource.timeouts.stop;
    case OperationKind::recover:
      return resource.timeouts.recover;
    case OperationKind::monitor:
    case OperationKind::probe:
      break;
  }
  return resource.timeouts.monitor;
}

std::string parameter(const ResourceConfig& resource, const std::string& name) {
  const auto found = resource.parameters.find(name);
  return found == resource.parameters.end() ? std::string{} : found->second;
}

/// K11: what an agent starts dies with it at a timeout, even if it left its process group.
RunnerLimits in_cgroups(RunnerLimits limits) {
  limits.cgroups = true;
  return limits;
}

}  // namespace

AgentProcesses::AgentProcesses(boost::asio::io_context& loop, CommandSource commands, std::string run_directory,
                               RunnerLimits limits, ReadySource questions)
    : loop_(loop),
      commands_(std::move(commands)),
      questions_(std::move(questions)),
      limits_(limits),
      runner_(loop, in_cgroups(limits)),
      records_(loop, run_directory),
      processes_(loop, std::move(run_directory)),
      addresses_(loop),
      units_(loop) {}

/// R2: an operation that an earlier life of the daemon began may still run; a probe beside it would tell nothing.
void AgentProcesses::run(const ResourceConfig& resource, OperationKind kind,
                         std::function<void(OperationResult)> done) {
  const Millis patience = std::max({resource.timeouts.start, resource.timeouts.stop, resource.timeouts.recover});
  records_.when_free(resource.name, patience, limits_.grace,
                     [this, resource, kind, done = std::move(done)] { run_now(resource, kind, done); });
}

template <class Result>
void AgentProcesses::answer_later(std::function<void(Result)> done, Result result) {
  boost::asio::post(loop_, [alive = std::weak_ptr(alive_), done = std::move(done), result = std::move(result)] {
    if (!alive.expired()) done(result);
  });
}

void AgentProcesses::ask_ready(const ResourceConfig& resource, std::function<void(Readiness)> done) {
  auto question = questions_ ? questions_(resource) : std::optional<ReadyQuestion>{};
  if (!question) return answer_later(std::move(done), Readiness{Verdict::not_ready, question.error().text});
  if (!*question) return answer_later(std::move(done), Readiness{Verdict::unknown, "its agent cannot tell"});
  runner_.run(std::move((*question)->command), ready_limit,
              [done = std::move(done), meaning = std::move((*question)->meaning)](const RunResult& result) {
                done(meaning(result));
              });
}

void AgentProcesses::run_now(const ResourceConfig& resource, OperationKind kind,
                             std::function<void(OperationResult)> done) {
  auto command = commands_(resource, kind);
  if (!command) {
    answer_later(std::move(done),
                 OperationResult{OperationOutcome::not_runnable, ResourceState::unknown, -1, command.error().text});
    return;
  }
  const bool recorded = kind != OperationKind::monitor && kind != OperationKind::probe;
  const auto end = [this, recorded, name = resource.name, meaning = std::move(command->meaning),
                    done = std::move(done)](const RunResult& result) {
    if (recorded) records_.ended(name);
    done(meaning(result));
  };
  ProgramRunner::Started started;
  if (recorded) started = [this, name = resource.name](pid_t process) { records_.began(name, process); };
  runner_.run(std::move(command->command), limit_of(resource, kind), end, std::move(started));
}

void AgentProcesses::watch(const ResourceConfig& resource, Changed changed) {
  // A probe's answering process is kept as a service's is (K9).
  if (resource.agent == "process" || resource.agent == "probe")
    return processes_.watch(resource.name, std::move(changed));
  // The end of its watch is not that of the reservation (K3): a monitor tells.
  if (resource.agent == "disk")
    return processes_.watch(resource.name, [changed = std::move(changed)](ResourceState, std::string why) {
      changed(ResourceState::unknown, std::move(why));
    });
  if (resource.agent == "systemd") return units_.watch(resource.name, parameter(resource, "unit"), std::move(changed));
  if (resource.agent != "ip") return;
  const auto watching =
      addresses_.watch(resource.name, parameter(resource, "address"), parameter(resource, "interface"), changed);
  if (watching) return;
  // Not blind without it: the monitor's interval goes on. But it is said.
  boost::asio::post(loop_, [alive = std::weak_ptr(alive_), changed = std::move(changed), why = watching.error().text] {
    if (!alive.expired()) changed(ResourceState::unknown, "not watched by events: " + why);
  });
}

void AgentProcesses::unwatch(const ResourceName& resource) {
  processes_.unwatch(resource);
  addresses_.unwatch(resource);
  units_.unwatch(resource);
}

}  // namespace holdfast
