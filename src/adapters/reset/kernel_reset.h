// reboot(2). Needs CAP_SYS_BOOT. Inside a PID namespace of its own it ends just that namespace: the kernel kills its
// init, and with it every process in it (pid_namespaces(7)).
#pragma once

#include "ports/reset.h"

namespace holdfast {

class KernelReset final : public Reset {
 public:
  std::string reset(ResetHow how) override;
};

}  // namespace holdfast
