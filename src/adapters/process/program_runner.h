// The one runner of programs (K11): own process group, clean environment, bounded output, killed whole on timeout.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "adapters/process/command.h"
#include "base/ids.h"
#include "base/time.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

using RunId = Id<struct RunIdTag, std::uint64_t>;

struct RunnerLimits {
  std::size_t parallel = 256;      ///< more wait in a queue; their time counts from their start
  std::size_t output = 64 * 1024;  ///< bytes of output kept, the last ones
  Millis grace{2000};              ///< between TERM and KILL
  Millis give_up{2000};            ///< after KILL, for a process in an uninterruptible wait
  bool cgroups = false;            ///< a cgroup for each run, where there are any (operation_group.h)
};

/// All calls on the thread that runs the loop; so come the results, never from within run(). Destroying the runner
/// kills what still runs, and no result comes any more.
class ProgramRunner {
 public:
  using Done = std::function<void(RunResult)>;
  using Started = std::function<void(pid_t)>;

  explicit ProgramRunner(boost::asio::io_context& loop, RunnerLimits limits = {});
  ~ProgramRunner();
  ProgramRunner(const ProgramRunner&) = delete;
  ProgramRunner& operator=(const ProgramRunner&) = delete;

  /// Runs `command` for at most `limit`. The result comes when the program itself ends: a child that it left behind,
  /// even one that holds its output, is not waited for, and loses its output.
  /// `started`, if there is one, is told its process as soon as that runs, and before any result.
  RunId run(Command command, Millis limit, Done done, Started started = {});
  /// Ends a run (TERM, grace, KILL); its result is `cancelled`. An unknown id is ignored.
  void cancel(RunId id);
  /// Runs under way, the queue not counted.
  std::size_t running() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

/// The same at once, for a caller without a loop (`holdfastd --check`, before the daemon's loop begins).
RunResult run_and_wait(Command command, Millis limit);

}  // namespace holdfast
