#include "adapters/agents/ocf_result.h"

#include "adapters/agents/exit_reason.h"
#include "adapters/process/tail_line.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr std::size_t quoted_limit = 900;  // leaves room for our own words

enum OcfCode : int {
  ocf_success = 0,
  ocf_arguments = 2,
  ocf_unimplemented = 3,
  ocf_not_installed = 5,
  ocf_not_configured = 6,
  ocf_not_running = 7,
  ocf_running_promoted = 8,
  held_elsewhere = 150,  // ours, of the range that is free for applications
  ocf_degraded = 190,
  ocf_degraded_promoted = 191,
};

const char* meaning_of(int code) {
  switch (code) {
    case 0:
      return "done";
    case 1:
      return "failed";
    case ocf_arguments:
      return "wrong arguments";
    case 3:
      return "the agent does not know this action";
    case 4:
      return "not permitted";
    case ocf_not_installed:
      return "not installed on this node";
    case ocf_not_configured:
      return "wrong parameters";
    case ocf_not_running:
      return "not running";
    case ocf_running_promoted:
      return "running promoted";
    case 9:
      return "failed while promoted";
    case held_elsewhere:
      return "held by another machine";
    case ocf_degraded:
    case ocf_degraded_promoted:
      return "running, degraded";
    default:
      return "an exit code that OCF does not define";
  }
}

bool is_check(OperationKind kind) { return kind == OperationKind::monitor || kind == OperationKind::probe; }

ResourceState observed_by_check(OperationKind kind, int code) {
  switch (code) {
    case ocf_success:
    case ocf_running_promoted:
    case ocf_degraded:
    case ocf_degraded_promoted:
      return ResourceState::in_service;
    case ocf_not_running:
    // Where it is not installed it does not run: on a stand-by node a good answer, on the active one a loss.
    case ocf_not_installed:
      return ResourceState::out_of_service;
    // A file or device that is not here, on a stand-by node. Debian's agents mostly say 7 then, some say so.
    case ocf_arguments:
    case ocf_not_configured:
      return kind == OperationKind::probe ? ResourceState::out_of_service : ResourceState::failed;
    default:
      return ResourceState::failed;
  }
}

OperationResult answered(OperationKind kind, const RunResult& run) {
  OperationResult out;
  out.exit_code = run.exit_code;
  out.text = reason_and_output(run.output);
  if (is_check(kind)) {
    out.observed = observed_by_check(kind, run.exit_code);
    if (out.text.empty() && run.exit_code != ocf_success) out.text = meaning_of(run.exit_code);
    return out;
  }
  const bool stopping = kind == OperationKind::stop;
  // A stop that finds nothing running has reached its aim.
  const bool done = run.exit_code == ocf_success || (stopping && run.exit_code == ocf_not_running);
  out.outcome = done ? OperationOutcome::done : OperationOutcome::failed;
  out.observed = !done ? ResourceState::failed : stopping ? ResourceState::out_of_service : ResourceState::in_service;
  if (kind == OperationKind::start && run.exit_code == held_elsewhere) out.outcome = OperationOutcome::held_elsewhere;
  // K6: this resource has no recovery, so nothing was tried.
  if (kind == OperationKind::recover && run.exit_code == ocf_unimplemented)
    out.outcome = OperationOutcome::not_runnable;
  if (!done && out.text.empty()) out.text = meaning_of(run.exit_code);
  return out;
}

/// It did not end by itself.
OperationResult no_answer(OperationKind kind, const RunResult& run) {
  OperationResult out;
  out.exit_code = -1;
  out.observed = is_check(kind) ? ResourceState::unknown : ResourceState::failed;
  out.outcome = is_check(kind) ? OperationOutcome::not_runnable : OperationOutcome::failed;
  const std::string tail = tail_line(run.output, quoted_limit);
  const std::string output = tail.empty() ? "" : "; last output: " + tail;
  switch (run.outcome) {
    case RunOutcome::not_run:
      out.outcome = OperationOutcome::not_runnable;
      out.observed = ResourceState::unknown;
      out.text = tail;
      break;
    case RunOutcome::timed_out:
      out.outcome = OperationOutcome::timed_out;
      out.text = "no answer in time, killed" + output;
      break;
    case RunOutcome::signalled:
      // Somebody killed the agent (out of memory, an operator): that says nothing of the resource.
      out.text = format("the agent was ended by signal {}{}", run.exit_code, output);
      break;
    case RunOutcome::cancelled:
    case RunOutcome::exited:
      out.text = "cancelled" + output;
      break;
  }
  return out;
}

}  // namespace

OperationResult ocf_result(OperationKind kind, const RunResult& run) {
  return run.outcome == RunOutcome::exited ? answered(kind, run) : no_answer(kind, run);
}

}  // namespace holdfast
