#include "daemon/realtime.h"

#include <sched.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "base/format.h"

namespace holdfast::daemon {

namespace {

/// Below Corosync, which takes the highest that it gets, and above every ordinary process.
constexpr int priority = 20;

}  // namespace

std::string take_realtime() {
  std::string refused;
  sched_param parameters{};
  parameters.sched_priority = priority;
  // SCHED_RESET_ON_FORK: agents and the services that they start run with ordinary priority.
  if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &parameters) != 0)
    refused = format("real-time priority: {}", std::strerror(errno));
  // MCL_ONFAULT: only what is used stays in memory, not what the allocator reserves.
  if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0)
    refused += format("{}locked memory: {}", refused.empty() ? "" : "; ", std::strerror(errno));
  return refused;
}

}  // namespace holdfast::daemon
