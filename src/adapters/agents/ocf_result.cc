#include "adapters/agents/ocf_result.h"

#include <algorithm>
#include <string_view>

#include "base/format.h"

namespace holdfast {
namespace {

constexpr std::size_t quoted_limit = 900;  // leaves room for our own words

enum OcfCode : int {
  ocf_success = 0,
  ocf_not_installed = 5,
  ocf_not_running = 7,
  ocf_running_promoted = 8,
  ocf_degraded = 190,
  ocf_degraded_promoted = 191,
};

const char* meaning_of(int code) {
  switch (code) {
    case 0:
      return "done";
    case 1:
      return "failed";
    case 2:
      return "wrong arguments";
    case 3:
      return "the agent does not know this action";
    case 4:
      return "not permitted";
    case ocf_not_installed:
      return "not installed on this node";
    case 6:
      return "wrong parameters";
    case ocf_not_running:
      return "not running";
    case ocf_running_promoted:
      return "running promoted";
    case 9:
      return "failed while promoted";
    case ocf_degraded:
    case ocf_degraded_promoted:
      return "running, degraded";
    default:
      return "an exit code that OCF does not define";
  }
}

bool is_check(OperationKind kind) { return kind == OperationKind::monitor || kind == OperationKind::probe; }

ResourceState observed_by_check(int code) {
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
    default:
      return ResourceState::failed;
  }
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// The length of the UTF-8 character that `text` begins with; 0 if it does not begin with a valid one (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation)) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool too_great = first == 0xf4 && second >= 0x90;
  return overlong || surrogate || too_great ? 0 : length;
}

OperationResult answered(OperationKind kind, const RunResult& run) {
  OperationResult out;
  out.exit_code = run.exit_code;
  out.text = tail_line(run.output);
  if (is_check(kind)) {
    out.observed = observed_by_check(run.exit_code);
    if (out.text.empty() && out.observed != ResourceState::in_service) out.text = meaning_of(run.exit_code);
    return out;
  }
  const bool stopping = kind == OperationKind::stop;
  // A stop that finds nothing running has reached its aim.
  const bool done = run.exit_code == ocf_success || (stopping && run.exit_code == ocf_not_running);
  out.outcome = done ? OperationOutcome::done : OperationOutcome::failed;
  out.observed = !done ? ResourceState::failed : stopping ? ResourceState::out_of_service : ResourceState::in_service;
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

std::string tail_line(const std::string& output, std::size_t limit) {
  std::string line;
  for (std::size_t i = 0; i < output.size();) {
    const std::size_t length = utf8_length(std::string_view(output).substr(i));
    const auto byte = static_cast<unsigned char>(output[i]);
    if (length == 0)
      line += '?';
    else if (length > 1 || (byte >= 0x20 && byte != 0x7f))
      line.append(output, i, length);
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
    i += std::max<std::size_t>(length, 1);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() > limit) {
    line.erase(0, line.size() - limit);
    // Not in the middle of a character.
    while (!line.empty() && is_continuation(line.front())) line.erase(0, 1);
  }
  return line;
}

OperationResult ocf_result(OperationKind kind, const RunResult& run) {
  return run.outcome == RunOutcome::exited ? answered(kind, run) : no_answer(kind, run);
}

}  // namespace holdfast
