#include "runtime/executor.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/format.h"
#include "model/names.h"
#include "runtime/executor_lane.h"

namespace holdfast::runtime {

namespace {

ResourceState on_the_way(OperationKind kind) {
  return kind == OperationKind::start  ? ResourceState::starting
         : kind == OperationKind::stop ? ResourceState::stopping
                                       : ResourceState::recovering;
}

Failure failure_of(OperationKind kind, OperationOutcome outcome) {
  if (outcome == OperationOutcome::held_elsewhere) return Failure::start_held;
  return kind == OperationKind::start  ? Failure::start
         : kind == OperationKind::stop ? Failure::stop
                                       : Failure::recovery;
}

/// `before`: why it had failed, if this is a local recovery.
std::string failure_text(const RunOperation& operation, const OperationResult& result, const std::string& before) {
  if (operation.kind != OperationKind::recover)
    return format("{} failed: {}", name_of(operation.kind), cause_of(result));
  const std::string text = result.outcome == OperationOutcome::not_runnable
                               ? format("no local recovery: {}", result.text)  // K6
                               : format("recover failed: {}", cause_of(result));
  return before.empty() ? text : format("{}; {}", before, text);
}

ResourceFact result_fact(const RunOperation& operation, const OperationResult& result, ResourceFact fact,
                         const std::string& before) {
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
  fact.failure = failure_of(operation.kind, result.outcome);
  // F4; and a start that failed ended nothing, one that was cut off may have begun something.
  fact.may_run = !start || fact.may_run || result.outcome == OperationOutcome::timed_out;
  fact.cause = failure_text(operation, result, before);
  return fact;
}

bool is_for(const ResourceConfig& resource, NodeId node) {
  return std::find(resource.nodes.begin(), resource.nodes.end(), node) != resource.nodes.end();
}

}  // namespace

Executor::Executor(const ClusterConfig& config, NodeId self, Clock& clock, AgentRunner& agents, FactBook& book,
                   Lines& lines, Tell tell)
    : self_(self), clock_(clock), agents_(agents), book_(book), lines_(lines), tell_(std::move(tell)) {
  for (const auto& [name, resource] : config.resources) {
    if (!is_for(resource, self_)) continue;
    lanes_[name].resource = std::make_shared<const ResourceConfig>(resource);
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
  if (operation.kind == OperationKind::recover && !fact.cause.empty()) lane.why_recover = fact.cause;
  // As the core has marked it on all members already; the book must say so before the next report.
  fact.state = on_the_way(operation.kind);
  fact.operation = operation.id;
  if (operation.kind == OperationKind::start) fact.for_version = operation.for_version;
  // Nobody knows whether it runs here, and a start that fails ends nothing (B3).
  if (lane.before && lane.before->state == ResourceState::unknown) fact.may_run = true;
  fact.failure = Failure::none;
  fact.cause.clear();
  book_.set(operation.resource, std::move(fact));
  lane.waiting = operation;
  if (!lane.busy && !held_) begin(lane);
}

void Executor::look_after(const ClusterConfig& config, const std::set<ResourceName>& left_here) {
  for (const ResourceName& name : left_here) {
    const auto configured = config.resources.find(name);
    if (configured == config.resources.end() || lanes_.contains(name)) continue;
    lanes_[name].resource = std::make_shared<const ResourceConfig>(configured->second);
    book_.set(name, {});
  }
}

/// Nobody may start it elsewhere before it is told that it does nothing here any more.
bool Executor::is_left_here(const ResourceName& name) const { return !says_nothing(book_.resource(name)); }

void Executor::reconfigure(const ClusterConfig& config) {
  std::vector<ResourceName> gone;
  for (const auto& [name, lane] : lanes_) {
    const auto after = config.resources.find(name);
    if (after == config.resources.end() || (!is_for(after->second, self_) && !is_left_here(name))) gone.push_back(name);
  }
  for (const ResourceName& name : gone) retire(name);
  for (const auto& [name, resource] : config.resources) {
    const auto known = lanes_.find(name);
    if (!is_for(resource, self_) && known == lanes_.end()) continue;
    if (known == lanes_.end()) {
      const auto back =
          std::find_if(retired_.begin(), retired_.end(), [&name = name](const auto& r) { return r.key() == name; });
      Lane& lane = back == retired_.end() ? lanes_[name] : lanes_.insert(std::move(*back)).position->second;
      if (back != retired_.end()) retired_.erase(back);
      probe_anew(lane, resource);
      continue;
    }
    Lane& lane = known->second;
    const ResourceConfig before = *lane.resource;
    if (before == resource) continue;
    lane.resource = std::make_shared<const ResourceConfig>(resource);
    const bool back = is_for(resource, self_) && !is_for(before, self_);
    const bool other = back || before.agent != resource.agent || before.parameters != resource.parameters;
    if (other && !lane.running && !lane.waiting)
      probe_anew(lane, resource);
    else if (!lane.busy)
      schedule(lane);  // perhaps at another interval
  }
}

void Executor::probe_anew(Lane& lane, const ResourceConfig& resource) {
  if (lane.watched) unwatch(lane);
  lane.resource = std::make_shared<const ResourceConfig>(resource);
  lane.outdated = lane.busy;
  lane.retired = false;
  lane.timeouts = 0;
  book_.set(resource.name, {});
  check(lane, OperationKind::probe);
}

void Executor::retire(const ResourceName& name) {
  auto place = lanes_.extract(name);
  Lane& lane = place.mapped();
  if (lane.watched) unwatch(lane);
  lane.due.reset();
  lane.waiting.reset();
  lane.check_wanted.reset();
  lane.retired = true;
  book_.forget(name);
  if (lane.busy) retired_.push_back(std::move(place));
  if (unanswered_.erase(name) != 0 && unanswered_.empty()) end_round();
}

void Executor::drop_retired(const Lane& lane) {
  std::erase_if(retired_, [&](const auto& place) { return &place.mapped() == &lane; });
}

void Executor::go_on() {
  held_ = false;
  for (auto& [name, lane] : lanes_)
    if (lane.waiting && !lane.busy) begin(lane);
}

void Executor::drop_waiting() {
  for (auto& [name, lane] : lanes_) {
    if (!std::exchange(lane.waiting, std::nullopt)) continue;
    if (!lane.before) continue;
    book_.set(name, *std::exchange(lane.before, std::nullopt));
    follow(lane);
    if (!lane.busy) check(lane, check_kind(lane));  // what a check said meanwhile did not count
  }
}

void Executor::begin(Lane& lane) {
  const RunOperation operation = *std::exchange(lane.waiting, std::nullopt);
  lane.running = operation;
  lane.before.reset();
  lane.busy = true;
  lane.due.reset();  // its result tells more than a check that was due before
  lane.check_wanted.reset();
  lines_.write(Severity::info, Note::operation_begins, std::string(name_of(operation.kind)), operation.resource,
               format("BEGIN {} of \"{}\"", name_of(operation.kind), operation.resource.value));
  agents_.run(*lane.resource, operation.kind,
              [this, &lane, operation](const OperationResult& result) { end(lane, operation, result); });
}

void Executor::end(Lane& lane, const RunOperation& operation, const OperationResult& result) {
  lane.busy = false;
  lane.running.reset();
  lane.timeouts = 0;
  write_end(operation, result);
  if (lane.retired) return drop_retired(lane);
  ResourceFact fact =
      result_fact(operation, result, book_.resource(operation.resource), std::exchange(lane.why_recover, {}));
  if (lane.waiting) {  // the book says already what comes next
    lane.before = std::move(fact);
    if (!held_) begin(lane);
    return;
  }
  if (lane.watched && operation.kind != OperationKind::stop) unwatch(lane);  // it is another process now
  put(lane, std::move(fact));
  free_lane(lane);
}

void Executor::write_end(const RunOperation& operation, const OperationResult& result) {
  const std::string& name = operation.resource.value;
  const std::string action(name_of(operation.kind));
  if (result.outcome == OperationOutcome::done)
    return lines_.write(Severity::info, Note::operation_succeeded, action, operation.resource,
                        format("END successful {} of \"{}\"", action, name));
  const bool none = operation.kind == OperationKind::recover && result.outcome == OperationOutcome::not_runnable;
  lines_.write(none ? Severity::notify : Severity::error, Note::operation_failed, action, operation.resource,
               format("END failed {} of \"{}\": {}", action, name, none ? result.text : cause_of(result)));
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
  if (!wanted) return unwatch(lane);
  lane.watched = true;
  agents_.watch(*lane.resource,
                [this, &lane](ResourceState observed, const std::string& why) { on_hint(lane, observed, why); });
}

void Executor::unwatch(Lane& lane) {
  lane.watched = false;
  agents_.unwatch(lane.resource->name);
}

}  // namespace holdfast::runtime
