#include "runtime/executor.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "runtime/executor_lane.h"

namespace holdfast::runtime {

namespace {

const char* verb(OperationKind kind) {
  return kind == OperationKind::start ? "start" : kind == OperationKind::stop ? "stop" : "recover";
}

ResourceState on_the_way(OperationKind kind) {
  return kind == OperationKind::start  ? ResourceState::starting
         : kind == OperationKind::stop ? ResourceState::stopping
                                       : ResourceState::recovering;
}

Failure failure_of(OperationKind kind) {
  return kind == OperationKind::start  ? Failure::start
         : kind == OperationKind::stop ? Failure::stop
                                       : Failure::recovery;
}

ResourceFact result_fact(const RunOperation& operation, const OperationResult& result, ResourceFact fact) {
  fact.operation = operation.id;
  fact.failure = Failure::none;
  fact.cause.clear();
  const bool start = operation.kind == OperationKind::start;
  if (start) fact.for_version = operation.for_version;
  if (result.outcome == OperationOutcome::done) {
    fact.state = operation.kind == OperationKind::stop ? ResourceState::out_of_service : ResourceState::in_service;
    fact.may_run = false;
    return fact;
  }
  fact.state = ResourceState::failed;
  fact.failure = failure_of(operation.kind);
  // F4; and a start that failed ended nothing, one that was cut off may have begun something.
  fact.may_run = !start || fact.may_run || result.outcome == OperationOutcome::timed_out;
  fact.cause = format("{} failed: {}", verb(operation.kind), cause_of(result));
  return fact;
}

}  // namespace

Executor::Executor(const ClusterConfig& config, NodeId self, Clock& clock, AgentRunner& agents, FactBook& book,
                   Lines& lines, Tell tell)
    : config_(config), clock_(clock), agents_(agents), book_(book), lines_(lines), tell_(std::move(tell)) {
  for (const auto& [name, resource] : config_.resources) {
    if (std::find(resource.nodes.begin(), resource.nodes.end(), self) == resource.nodes.end()) continue;
    lanes_[name].resource = &resource;
    book_.set(name, {});
  }
}

Executor::~Executor() = default;

void Executor::operate(const RunOperation& operation) {
  const auto found = lanes_.find(operation.resource);
  if (found == lanes_.end()) return;  // not one of this node's; the core never asks for it
  Lane& lane = found->second;
  if (lane.running && lane.running->id == operation.id) return;  // joined
  if (lane.waiting && lane.waiting->id == operation.id) return;
  ResourceFact fact = book_.resource(operation.resource);
  if (fact.operation == operation.id) return tell_(book_.tell_again(operation.resource));  // the known result
  if (!lane.waiting && !lane.running) lane.before = fact;
  // As the core has marked it on all members already; the book must say so before the next report.
  fact.state = on_the_way(operation.kind);
  fact.operation = operation.id;
  if (operation.kind == OperationKind::start) fact.for_version = operation.for_version;
  fact.failure = Failure::none;
  fact.cause.clear();
  book_.set(operation.resource, std::move(fact));
  lane.waiting = operation;
  if (!lane.busy && !held_) begin(lane);
}

void Executor::go_on() {
  held_ = false;
  for (auto& [name, lane] : lanes_)
    if (lane.waiting && !lane.busy) begin(lane);
}

void Executor::drop_waiting() {
  for (auto& [name, lane] : lanes_) {
    if (!lane.waiting) continue;
    lane.waiting.reset();
    if (lane.before) book_.set(name, *std::exchange(lane.before, std::nullopt));
  }
}

void Executor::begin(Lane& lane) {
  const RunOperation operation = *std::exchange(lane.waiting, std::nullopt);
  lane.running = operation;
  lane.before.reset();
  lane.busy = true;
  lines_.write(Severity::info, Note::operation_begins, verb(operation.kind), operation.resource,
               format("BEGIN {} of \"{}\"", verb(operation.kind), operation.resource.value));
  agents_.run(*lane.resource, operation.kind,
              [this, &lane, operation](const OperationResult& result) { end(lane, operation, result); });
}

void Executor::end(Lane& lane, const RunOperation& operation, const OperationResult& result) {
  lane.busy = false;
  lane.running.reset();
  lane.timeouts = 0;
  const bool done = result.outcome == OperationOutcome::done;
  const std::string& name = operation.resource.value;
  if (done)
    lines_.write(Severity::info, Note::operation_succeeded, verb(operation.kind), operation.resource,
                 format("END successful {} of \"{}\"", verb(operation.kind), name));
  else
    lines_.write(Severity::error, Note::operation_failed, verb(operation.kind), operation.resource,
                 format("END failed {} of \"{}\": {}", verb(operation.kind), name, cause_of(result)));
  if (lane.waiting) {  // the book says already what comes next
    lane.before = result_fact(operation, result, book_.resource(operation.resource));
    if (!held_) begin(lane);
    return;
  }
  put(lane, result_fact(operation, result, book_.resource(operation.resource)));
  free_lane(lane);
}

/// Nothing runs any more: what had to wait begins.
void Executor::free_lane(Lane& lane) {
  answered(lane);
  if (lane.busy) return;
  if (lane.waiting) return held_ ? void() : begin(lane);
  if (const auto kind = std::exchange(lane.check_wanted, std::nullopt)) return check(lane, *kind);
  schedule(lane);
}

void Executor::put(Lane& lane, ResourceFact fact) {
  const ResourceName& name = lane.resource->name;
  const bool failed_in_service =
      book_.resource(name).state == ResourceState::in_service && fact.state == ResourceState::failed;
  if (failed_in_service && version_of_) fact.for_version = version_of_(name);
  const std::optional<Event> event = book_.set(name, std::move(fact));
  follow(lane);
  if (event) tell_(*event);
}

/// What is in service is watched for hints, nothing else.
void Executor::follow(Lane& lane) {
  const bool wanted = book_.resource(lane.resource->name).state == ResourceState::in_service;
  if (wanted == lane.watched) return;
  lane.watched = wanted;
  if (!wanted) return agents_.unwatch(lane.resource->name);
  agents_.watch(*lane.resource,
                [this, &lane](ResourceState observed, const std::string& why) { on_hint(lane, observed, why); });
}

}  // namespace holdfast::runtime
