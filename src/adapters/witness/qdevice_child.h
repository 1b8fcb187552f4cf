// Keeps a corosync-qdevice running beside corosync. It outlives us on purpose: a daemon that is restarted finds its
// vote as it was.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/descriptor.h"

namespace holdfast::witness {

struct QdevicePaths {
  std::string program = "/usr/sbin/corosync-qdevice";
  std::string lock_file = "/run/corosync-qdevice/corosync-qdevice.pid";  ///< its own, compiled in
  std::string log_file = "/var/log/holdfast-qdevice.log";
};

class QdeviceChild {
 public:
  /// `tell` gets one line whenever it was started, or ended.
  QdeviceChild(QdevicePaths paths, std::function<void(std::string)> tell)
      : paths_(std::move(paths)), tell_(std::move(tell)) {}

  /// Attaches to the one that runs, or starts it; not too soon after it ended. Call it about once a second.
  void look();

 private:
  using Steady = std::chrono::steady_clock;
  bool attach();
  void start();
  void ended();

  QdevicePaths paths_;
  std::function<void(std::string)> tell_;
  Descriptor process_;  ///< pidfd
  int pid_ = 0;
  Steady::time_point started_;
  Steady::time_point not_before_;
  Steady::duration pause_ = std::chrono::seconds(1);
};

}  // namespace holdfast::witness
