// sysrq's "b", and where there is none reboot(2), which needs CAP_SYS_BOOT. Inside a PID namespace of its own it is
// reboot(2) only, which ends just that namespace: the kernel kills its init, and with it every process in it
// (pid_namespaces(7)). A kernel or a processor that hangs is beyond its reach: that is what a watchdog is for (G4).
#pragma once

#include <functional>
#include <utility>

#include "ports/reset.h"

namespace holdfast {

class KernelReset final : public Reset {
 public:
  /// `last`: called before it, for last words; must come back soon, whatever the disks do.
  explicit KernelReset(std::function<void()> last = {}) : last_(std::move(last)) {}

  std::string reset(ResetHow how) override;

 private:
  std::function<void()> last_;
};

}  // namespace holdfast
