// Starting a program apart from us: a service in a session of its own, or a check that we wait for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/process/process_record.h"
#include "base/result.h"
#include "base/time.h"

namespace holdfast::agent {

struct Program {
  std::vector<std::string> arguments;    ///< [0] is looked up in PATH
  std::vector<std::string> environment;  ///< whole: NAME=value
  std::string directory = "/";
  std::string user;  ///< name or number; empty: as we are
};

/// Starts `program` in a session of its own, with stdin null, output into `output`, and none of our other descriptors.
/// `record` is written before the program's first instruction: whenever we are killed, either nothing runs or the
/// record tells what. Returns when exec has succeeded; an error names what could not be done.
Result<ProcessIdentity> launch_service(const Program& program, int output, const std::string& record);

/// Why launching would fail here as things are now, found without it (K10): no such user, directory or program. Empty:
/// nothing is seen that hinders it.
std::string launch_obstacle(const Program& program);

constexpr int check_killed = 124;  ///< as timeout(1) has it

/// How a check ended. `exit_code` is 128 + signal for a signal, and `check_killed` if it was killed after its time.
struct CheckResult {
  int exit_code = 0;
  std::string output;  ///< the tail, at most 1 KiB
};

/// Runs `program` and waits. With a limit it gets a process group of its own, which is killed when the time is over;
/// without one it stays in ours, so that whoever limits us kills it with us (K11).
Result<CheckResult> run_check(const Program& program, std::optional<Millis> limit);

}  // namespace holdfast::agent
