#include "adapters/notify/json.h"
#include "adapters/notify/mail_text.h"
#include "adapters/notify/sent.h"
#include "adapters/process/program_runner.h"
#include "base/format.h"
#include "model/names.h"

namespace holdfast::notify {

namespace {

constexpr Millis longest_run{20'000};
constexpr std::size_t most_input = 60 * 1024;
constexpr std::size_t longest_value = 16 * 1024;

/// Environment values end at a zero byte and have a limit.
std::string value(std::string text) {
  if (text.size() > longest_value) text.resize(longest_value);
  for (char& c : text)
    if (c == '\0') c = ' ';
  return text;
}

/// The last line of the output.
std::string last_line(std::string output) {
  while (!output.empty() && (output.back() == '\n' || output.back() == '\r')) output.pop_back();
  output = output.substr(output.rfind('\n') + 1);
  return output.size() > 300 ? output.substr(output.size() - 300) : output;
}

Command command_for(const NotifyTarget& target, const Notification& one) {
  Command command;
  command.arguments = {target.path};
  command.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                         "LC_ALL=C.UTF-8",
                         format("HOLDFAST_EVENT={}", name_of(one.kind)),
                         format("HOLDFAST_TRAP={}", trap_number(one.kind)),
                         format("HOLDFAST_SEVERITY={}", name_of(one.severity)),
                         format("HOLDFAST_TIME={}", utc_words(one.at)),
                         "HOLDFAST_CLUSTER=" + value(one.cluster),
                         "HOLDFAST_NODE=" + value(one.node),
                         "HOLDFAST_TELLER=" + value(one.teller),
                         "HOLDFAST_SUBJECT=" + value(one.subject),
                         "HOLDFAST_RESOURCES=" + value(format("{}", fmt::join(one.resources, " "))),
                         "HOLDFAST_REASON=" + value(format("{}", fmt::join(one.lines, "\n")))};
  command.input = to_json(one) + "\n";
  if (command.input.size() > most_input) {
    Notification shorter = one;
    shorter.lines.clear();
    command.input = to_json(shorter) + "\n";
  }
  return command;
}

}  // namespace

Sent run_program(const NotifyTarget& target, const Notifications& all, const GiveUp&) {
  if (all.empty()) return {true, "nothing to tell"};
  const RunResult result = run_and_wait(command_for(target, all.front()), longest_run);
  const std::string tail = last_line(result.output);
  const std::string said = tail.empty() ? "" : ": " + tail;
  switch (result.outcome) {
    case RunOutcome::exited:
      return {result.exit_code == 0, format("{} ended with exit code {}{}", target.path, result.exit_code, said)};
    case RunOutcome::signalled:
      return {false, format("{} was ended by signal {}{}", target.path, result.exit_code, said)};
    case RunOutcome::timed_out:
      return {false,
              format("{} did not end within {} s and was killed{}", target.path, longest_run.count() / 1000, said)};
    case RunOutcome::cancelled:
    case RunOutcome::not_run:
      break;
  }
  return {false, format("{} could not be run{}", target.path, said)};
}

}  // namespace holdfast::notify
