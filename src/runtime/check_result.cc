#include "runtime/check_result.h"

#include "base/format.h"

namespace holdfast::runtime {

namespace {

Judgement no_answer(const ResourceConfig& resource, const ResourceFact& was, const OperationResult& result,
                    unsigned timeouts) {
  const bool timed_out = result.outcome == OperationOutcome::timed_out;
  if (was.state != ResourceState::in_service || timeouts < resource.monitor_timeouts)
    return {timed_out ? Finding::timed_out : Finding::not_run, was, timeouts};
  ResourceFact fact = was;
  fact.state = ResourceState::failed;
  fact.may_run = true;
  fact.failure = Failure::in_service;
  fact.cause = format("the monitor gave no answer {} times in a row: {}", timeouts, cause_of(result));  // R4
  return {Finding::found_failed, std::move(fact), 0};
}

}  // namespace

std::string cause_of(const OperationResult& result) {
  std::string text;
  switch (result.outcome) {
    case OperationOutcome::done:
    case OperationOutcome::failed:
    case OperationOutcome::held_elsewhere:
      text = format("exit code {}", result.exit_code);
      break;
    case OperationOutcome::timed_out:
      text = "timed out";
      break;
    case OperationOutcome::not_runnable:
      text = "could not be run";
      break;
  }
  return result.text.empty() ? text : text + ": " + result.text;
}

Judgement judge_check(const ResourceConfig& resource, const ResourceFact& was, const OperationResult& result,
                      unsigned timeouts) {
  if (result.outcome == OperationOutcome::timed_out || result.outcome == OperationOutcome::not_runnable)
    return no_answer(resource, was, result, timeouts + 1);
  const ResourceState seen = result.outcome == OperationOutcome::failed || result.observed == ResourceState::unknown
                                 ? ResourceState::failed
                                 : result.observed;
  Judgement judgement{Finding::unchanged, was, 0};
  ResourceFact& fact = judgement.fact;
  fact.state = seen;
  if (seen == ResourceState::in_service) {
    fact.failure = Failure::none;
    fact.may_run = false;
    fact.cause.clear();
    if (was.state == ResourceState::unknown) judgement.finding = Finding::adopted;  // R5
    if (was.state == ResourceState::out_of_service || was.state == ResourceState::failed)
      judgement.finding = was.failure == Failure::in_service ? Finding::well_again : Finding::found_in_service;  // R6
  } else if (was.state == ResourceState::failed) {
    // It stays failed (S1), but a stop that had failed is done when nothing runs any more (F4).
    fact = was;
    if (was.failure == Failure::stop && seen == ResourceState::out_of_service) {
      judgement.finding = Finding::found_out_of_service;
      fact.state = seen;
      fact.failure = Failure::none;
      fact.cause.clear();
    }
    if (seen == ResourceState::out_of_service) fact.may_run = false;
  } else if (seen == ResourceState::failed) {
    fact.cause = cause_of(result);
    fact.may_run = true;
    fact.failure = Failure::in_service;
    judgement.finding = Finding::found_failed;
  } else if (was.state == ResourceState::in_service) {
    // F1: nobody here stopped it. It is not simply out of service, or it would be started again and again.
    fact.state = ResourceState::failed;
    fact.cause = "it is not running";
    fact.failure = Failure::in_service;
    judgement.finding = Finding::found_failed;
  } else if (was.state == ResourceState::unknown) {
    fact.cause.clear();
    judgement.finding = Finding::first_seen;
  }
  return judgement;
}

}  // namespace holdfast::runtime
