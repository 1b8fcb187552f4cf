// The thread that asks corosync for the state of every path. Polled, because corosync offers no event for it
// (engine.md 2.1); a call takes 0.1 to 0.4 ms.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/corosync/busy_mark.h"
#include "adapters/corosync/log_tail.h"
#include "adapters/corosync/mailbox.h"
#include "model/config.h"

namespace holdfast::corosync {

/// run() is the body of the thread; stop() and busy() may be called by any.
class LinkThread {
 public:
  LinkThread(std::shared_ptr<const ClusterConfig> config, NodeId self, std::string log_file,
             std::shared_ptr<Mailbox> mailbox);

  void run();
  /// The configuration changed and corosync takes it over now: for a while a path that was up counts as up, because
  /// paths may flap once, and nothing of that is a failure (O7; engine.md 1, "Runtime reconfiguration").
  void reconfigure(std::shared_ptr<const ClusterConfig> config);
  void stop();
  const BusyMark& busy() const { return busy_; }

 private:
  void read_log();
  void tell_foreign(const std::string& address);
  /// False if stop() was called.
  bool pause();

  void take_change();
  void hold_up(std::vector<LinkSample>& links);

  std::shared_ptr<const ClusterConfig> config_;  ///< the thread's own
  const NodeId self_;
  const std::shared_ptr<Mailbox> mailbox_;
  LogTail log_;
  RateLimit foreign_limit_;
  BusyMark busy_;
  std::mutex guard_;
  std::condition_variable stopped_;
  bool stop_ = false;                          ///< under guard_
  std::shared_ptr<const ClusterConfig> next_;  ///< under guard_
  Instant settled_at_;
  std::vector<LinkSample> last_;
};

}  // namespace holdfast::corosync
