// Switches another node off, and says whether it is off for sure (G3). Real: adapters/fence, which runs fence agents.
// Simulated: sim/.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/ids.h"
#include "base/time.h"

namespace holdfast {

/// One level of one node: what to run against it.
struct FenceOrder {
  NodeId target;
  std::string target_name;
  std::string agent;                              ///< fence_ipmilan, ...
  std::map<std::string, std::string> parameters;  ///< may hold passwords: never logged
  Millis delay{0};                                ///< to wait before it: the other side's head start
  Millis limit{60'000};                           ///< for each step: switching off, and being told that it is off
};

enum class FenceVerdict : std::uint8_t {
  off,           ///< confirmed: the agent was asked afterwards and said so
  failed,        ///< the agent failed, or the node is not off after all
  timed_out,     ///< a step took longer than its limit and was killed whole
  not_runnable,  ///< no such agent here, or parameters that cannot be passed
  cancelled,
};

struct FenceResult {
  FenceVerdict verdict = FenceVerdict::failed;
  int exit_code = 0;  ///< of the last step; -1 if it did not end by itself
  std::string text;   ///< one line, without secrets
};

/// All calls on the runtime's thread.
class Fence {
 public:
  virtual ~Fence() = default;

  /// Runs one order and calls `done` once, later. An order for a target that has one under way is refused
  /// (not_runnable).
  virtual void fence(const FenceOrder& order, std::function<void(FenceResult)> done) = 0;
  /// Gives up an order that still waits or runs; its result is `cancelled`, and the node may be off all the same.
  virtual void cancel(NodeId target) = 0;
};

}  // namespace holdfast
