// One resource on this node, as the executor sees it.
#pragma once

#include "runtime/executor.h"

namespace holdfast::runtime {

struct Executor::Lane {
  std::shared_ptr<const ResourceConfig> resource;
  bool retired = false;                 ///< not configured here any more; what its agent says does not count
  bool busy = false;                    ///< an operation of the agent is under way
  std::optional<RunOperation> running;  ///< a start, stop or recover; none: a check, or nothing
  std::optional<RunOperation> waiting;  ///< begins when the lane is free
  std::optional<ResourceFact> before;   ///< what the book said before `waiting` was ordered
  std::string why_recover;              ///< the cause of the failure that the recover is for
  std::optional<OperationKind> check_wanted;
  bool outdated = false;  ///< the check under way began before a proof came: its answer does not count
  std::uint64_t checked_in_round = 0;
  unsigned timeouts = 0;
  bool watched = false;
  std::unique_ptr<Timer> due;
};

}  // namespace holdfast::runtime
