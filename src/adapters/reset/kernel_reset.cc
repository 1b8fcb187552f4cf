#include "adapters/reset/kernel_reset.h"

#include <fcntl.h>
#include <linux/reboot.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/descriptor.h"

namespace holdfast {

namespace {

/// The name of the PID namespace that the kernel starts with (include/linux/proc_ns.h). In any other one, sysrq would
/// reset the machine around it.
constexpr const char* first_namespace = "pid:[4026531836]";

/// At once: reboot(2) asks every driver to end in order first, and one that waits for its device never answers.
void reset_through_sysrq() {
  std::error_code error;
  if (std::filesystem::read_symlink("/proc/self/ns/pid", error) != first_namespace) return;
  const Descriptor trigger(open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC));
  if (!trigger || write(trigger.get(), "b", 1) != 1) return;  // a kernel without it: reboot(2)
}

}  // namespace

std::string KernelReset::reset(ResetHow how) {
  if (last_) last_();
  // No sync(2) before it, on purpose: after B2 or F4 this node's view of a disk is not the true one any more.
  if (how == ResetHow::reboot) reset_through_sysrq();
  reboot(how == ResetHow::reboot ? LINUX_REBOOT_CMD_RESTART : LINUX_REBOOT_CMD_POWER_OFF);
  const int first = errno;
  // A machine that cannot switch itself off stands still at least.
  if (how == ResetHow::halt) reboot(LINUX_REBOOT_CMD_HALT);
  return std::string("this node cannot be reset: ") + std::strerror(first);
}

}  // namespace holdfast
