// Keeps one corosync running with our configuration. Corosync outlives us on purpose: a daemon that is restarted finds
// its ring as it was, and its peers see a dead daemon, not a dead node (N7).
#pragma once

#include <memory>
#include <string>

#include "adapters/corosync/notice.h"
#include "base/result.h"

namespace boost::asio {
class io_context;
}

namespace holdfast::corosync {

struct SupervisorPaths {
  std::string program;   ///< of corosync
  std::string key_file;  ///< the cluster's key, as the operator configured it
  std::string run_dir;   ///< lost at a reboot: what the running corosync was started with, and its process id
  std::string log_file;  ///< what corosync writes to its standard error

  std::string configuration_file() const { return run_dir + "/corosync.conf"; }
  /// Copy of the key that the running corosync was started with: tells whether the operator changed it since.
  std::string key_in_use() const { return run_dir + "/corosync.key"; }
  std::string pid_file() const { return run_dir + "/corosync.pid"; }
};

/// All calls and notices on the thread that runs the loop. The destructor leaves corosync running.
class Supervisor {
 public:
  Supervisor(boost::asio::io_context& loop, SupervisorPaths paths, NoticeSink notice);
  ~Supervisor();

  /// Attaches to our running corosync, or starts it; restarts it if it runs with another configuration or key. From
  /// then on it is started again whenever it ends. Blocks for at most a few seconds, and only if it has to end the
  /// running one. Errors: corosync is not installed, the key is missing or too short, another corosync runs here, files
  /// cannot be written.
  [[nodiscard]] Result<void> start(const std::string& configuration);

  /// Writes what corosync reads when it is told to, or started again; what runs goes on as it is.
  [[nodiscard]] Result<void> stage(const std::string& configuration);

  /// Ends corosync at once; it is started again with what was staged.
  void renew();

  /// Ends corosync and does not start it again. Blocks for at most a few seconds.
  void stop();

 private:
  class Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace holdfast::corosync
