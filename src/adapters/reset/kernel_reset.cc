#include "adapters/reset/kernel_reset.h"

#include <linux/reboot.h>
#include <sys/reboot.h>

#include <cerrno>
#include <cstring>

namespace holdfast {

std::string KernelReset::reset(ResetHow how) {
  // No sync(2) before it, on purpose: after B2 or F4 this node's view of a disk is not the true one any more.
  reboot(how == ResetHow::reboot ? LINUX_REBOOT_CMD_RESTART : LINUX_REBOOT_CMD_POWER_OFF);
  const int first = errno;
  // A machine that cannot switch itself off stands still at least.
  if (how == ResetHow::halt) reboot(LINUX_REBOOT_CMD_HALT);
  return std::string("this node cannot be reset: ") + std::strerror(first);
}

}  // namespace holdfast
