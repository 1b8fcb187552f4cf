// What an operation is, as a program to run and a way to read its answer. Made by adapters/agents, run here.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/config.h"
#include "ports/agent_runner.h"

namespace holdfast {

struct Command {
  std::vector<std::string> arguments;    ///< [0] is an absolute path
  std::vector<std::string> environment;  ///< whole, NAME=value: nothing of the daemon's own gets through (K11)
  std::string input = {};                ///< what its standard input holds: the way for secrets, at most 60 KiB
};

enum class RunOutcome : std::uint8_t {
  exited,     ///< by itself, with `exit_code`
  signalled,  ///< by a signal that was not ours: `exit_code` is its number
  timed_out,  ///< killed whole after its time
  cancelled,  ///< killed whole on request, or taken out of the queue
  not_run,    ///< could not be started; `output` says why
};

struct RunResult {
  RunOutcome outcome = RunOutcome::exited;
  int exit_code = 0;
  std::string output;  ///< stdout and stderr as they came, the last 64 KiB
};

struct AgentCommand {
  Command command;
  std::function<OperationResult(const RunResult&)> meaning;
};

/// Whether a resource could start here, as a program to run and a way to read its answer (K10).
struct ReadyQuestion {
  Command command;
  std::function<Readiness(const RunResult&)> meaning;
};

/// Error: why it certainly could not. None: its agent cannot tell.
using ReadySource = std::function<Result<std::optional<ReadyQuestion>>(const ResourceConfig&)>;

/// Error: the operation cannot be run at all, for example because the agent is not installed.
using CommandSource = std::function<Result<AgentCommand>(const ResourceConfig&, OperationKind)>;

}  // namespace holdfast
