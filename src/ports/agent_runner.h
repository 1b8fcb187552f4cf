// Runs the operations of agents, outside the daemon (K11). Real: adapters/process. Simulated: sim/.
#pragma once

#include <functional>
#include <string>

#include "model/config.h"
#include "model/facts.h"

namespace holdfast {

/// What an operation found or did. For monitor and probe, `done` means: the agent answered, and `observed` says what.
struct OperationResult {
  OperationOutcome outcome = OperationOutcome::done;
  ResourceState observed =
      ResourceState::unknown;  ///< in_service, out_of_service, failed; unknown if it did not answer
  int exit_code = 0;           ///< of the agent; -1 if it did not end by itself
  std::string text;            ///< one line: the tail of its output, at most 1 KiB
};

enum class Verdict : std::uint8_t { ready, not_ready, unknown };

/// Could a resource start here, as its agent says without starting it (K10)?
struct Readiness {
  Verdict verdict = Verdict::unknown;
  std::string text;  ///< one line: why not, or why that cannot be told; of `ready` what an operator wants to know all
                     ///< the same; may be empty
};

class AgentRunner {
 public:
  virtual ~AgentRunner() = default;

  /// Runs one operation and calls `done` once, later, on the runtime's thread. The timeout is the one of
  /// `resource.timeouts` for `kind`. The caller never has two operations of one resource under way (R2).
  virtual void run(const ResourceConfig& resource, OperationKind kind, std::function<void(OperationResult)> done) = 0;

  /// Asks whether the resource could start here as things are now; nothing is started (K10). Calls `done` once, later,
  /// on the runtime's thread, within seconds. No operation (R2): it may be asked at any time, but where the resource is
  /// in service, or starts, the answer tells nothing.
  virtual void ask_ready(const ResourceConfig& resource, std::function<void(Readiness)> done) = 0;

  /// From now on `changed` is called whenever a hint comes that the resource may have failed here: its process died,
  /// its address went. A proof carries the state found: out_of_service, or failed where something of it may
  /// still run. A hint carries `unknown`, and a monitor should follow.
  virtual void watch(const ResourceConfig& resource,
                     std::function<void(ResourceState observed, std::string why)> changed) = 0;
  virtual void unwatch(const ResourceName& resource) = 0;
};

}  // namespace holdfast
