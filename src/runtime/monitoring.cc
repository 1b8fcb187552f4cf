// The executor's checks: probes at the start and after a stall, monitors at their intervals, hints.
#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/format.h"
#include "runtime/executor_lane.h"

namespace holdfast::runtime {

void Executor::check_all(OperationKind kind, Micros limit, std::function<void()> done) {
  ++round_;
  round_done_ = std::move(done);
  unanswered_.clear();
  for (const auto& [name, lane] : lanes_)
    if (!lane.running && !lane.waiting) unanswered_.insert(name);  // the result of a start or stop tells more
  const std::set<ResourceName> asked = unanswered_;
  round_limit_ = clock_.after(limit, [this] { end_round(); });
  for (const ResourceName& name : asked) check(lanes_.at(name), kind);
  if (asked.empty()) round_limit_ = clock_.after(Micros{0}, [this] { end_round(); });
}

void Executor::end_round() {
  for (const ResourceName& name : unanswered_)
    lines_.write(Severity::warning, Note::probe_unanswered, "probe", name,
                 format("no answer yet whether \"{}\" is in service here; asking on", name.value));
  unanswered_.clear();
  const auto fired = std::move(round_limit_);  // lives until the end of its own call
  if (const auto done = std::exchange(round_done_, nullptr)) done();
}

void Executor::answered(Lane& lane) {
  if (lane.checked_in_round != round_ && !lane.waiting) return;
  if (unanswered_.erase(lane.resource->name) != 0 && unanswered_.empty()) end_round();
}

void Executor::monitor_from_now() {
  monitoring_ = true;
  for (auto& [name, lane] : lanes_)
    if (!lane.busy) schedule(lane);
}

void Executor::check(Lane& lane, OperationKind kind) {
  if (lane.busy) {
    lane.check_wanted = kind;
    return;
  }
  lane.busy = true;
  lane.due.reset();
  agents_.run(*lane.resource, kind, [this, &lane, kind, round = round_](const OperationResult& result) {
    lane.busy = false;
    if (lane.retired) return drop_retired(lane);
    lane.checked_in_round = round;
    // Too late to count if a start or stop was ordered, or a proof came, meanwhile.
    if (!std::exchange(lane.outdated, false) && !lane.waiting) take_check(lane, kind, result);
    free_lane(lane);
  });
}

void Executor::take_check(Lane& lane, OperationKind kind, const OperationResult& result) {
  const ResourceFact& was = book_.resource(lane.resource->name);
  Judgement judgement = judge_check(*lane.resource, was, result, lane.timeouts);
  lane.timeouts = judgement.timeouts;
  write_finding(lane, judgement, result);
  if (judgement.finding == Finding::timed_out && was.state == ResourceState::in_service)
    lane.check_wanted = kind;  // R4
  put(lane, std::move(judgement.fact));
}

void Executor::write_finding(const Lane& lane, const Judgement& judgement, const OperationResult& result) {
  const ResourceName& name = lane.resource->name;
  const auto write = [&](Severity severity, Note note, std::string text) {
    lines_.write(severity, note, "monitor", name, std::move(text));
  };
  switch (judgement.finding) {
    case Finding::unchanged:
    case Finding::first_seen:
      return;
    case Finding::adopted:
      return write(Severity::notify, Note::adopted,
                   format("\"{}\" is in service here already: adopted, not restarted", name.value));
    case Finding::found_in_service:
      return write(Severity::warning, Note::found_in_service,
                   format("\"{}\" is in service here though nobody started it; it is left running", name.value));
    case Finding::well_again:
      return write(Severity::notify, Note::well_again,
                   format("\"{}\" is in service here again, without our doing", name.value));
    case Finding::found_failed:
      return write(Severity::error, Note::found_failed,
                   format("\"{}\" has failed: {}", name.value, judgement.fact.cause));
    case Finding::found_out_of_service:
      return write(Severity::warning, Note::found_out_of_service,
                   format("\"{}\" is found out of service here", name.value));
    case Finding::timed_out:
      return write(Severity::warning, Note::monitor_timed_out,
                   format("the monitor of \"{}\" timed out ({} in a row, {} count as failed)", name.value,
                          judgement.timeouts, lane.resource->monitor_timeouts));
    case Finding::not_run:
      // Once a row, not at every try.
      if (judgement.timeouts > 1) return;
      return write(Severity::warning, Note::monitor_not_run,
                   format("the monitor of \"{}\" could not be run: {}", name.value, result.text));
  }
}

void Executor::on_hint(Lane& lane, ResourceState observed, const std::string& why) {
  const ResourceName& name = lane.resource->name;
  // Ordered, but held: what is known of it is what the book said before.
  const bool ordered = lane.waiting && lane.before;
  const ResourceState state = ordered ? lane.before->state : book_.resource(name).state;
  if (lane.running || state != ResourceState::in_service || observed == ResourceState::in_service) return;
  lines_.write(Severity::warning, Note::hint, "monitor", name, format("\"{}\": {}", name.value, why));
  if (observed == ResourceState::unknown) return check(lane, OperationKind::monitor);
  take_proof(lane, observed, why);
}

/// F1: no need to ask.
void Executor::take_proof(Lane& lane, ResourceState observed, const std::string& why) {
  const auto fail = [&](ResourceFact& fact) {
    fact.state = ResourceState::failed;
    fact.failure = Failure::in_service;
    fact.may_run = observed != ResourceState::out_of_service;
    fact.cause = why;
  };
  lane.outdated = lane.busy;
  if (lane.waiting) {
    fail(*lane.before);
    if (version_of_) lane.before->for_version = version_of_(lane.resource->name);
    return;
  }
  ResourceFact fact = book_.resource(lane.resource->name);
  fail(fact);
  put(lane, std::move(fact));
  if (!lane.busy) schedule(lane);
}

/// Where it should not run, an agent is asked as at a start: "not running" is the good answer there (K5).
OperationKind Executor::check_kind(const Lane& lane) const {
  const bool in_service = book_.resource(lane.resource->name).state == ResourceState::in_service;
  return in_service ? OperationKind::monitor : OperationKind::probe;
}

void Executor::schedule(Lane& lane) {
  if (!monitoring_) return;
  const ResourceFact& fact = book_.resource(lane.resource->name);
  const Micros interval = lane.resource->monitor_interval;
  Micros delay = interval;
  if (fact.state == ResourceState::unknown) delay = std::min<Micros>(interval, std::chrono::seconds{5});
  // R6. What failed in service is asked as before: where nothing is done about it (F6, O5) it may be well again by
  // itself.
  const bool failed = fact.state == ResourceState::failed && fact.failure != Failure::in_service;
  if (failed || fact.state == ResourceState::out_of_service) delay = interval * 10;
  // Spread, so that a thousand resources are not asked in the same instant. The same resource always the same way.
  const std::int64_t spread = static_cast<std::int64_t>(digest_of(lane.resource->name.value).value % 256);
  delay -= delay * spread / 1024;
  lane.due = clock_.after(delay, [this, &lane] {
    const auto fired = std::move(lane.due);  // lives until the end of its own call
    check(lane, check_kind(lane));
  });
}

}  // namespace holdfast::runtime
