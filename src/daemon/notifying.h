// Notifications of this node (V5): what the core decides goes to the teller, what it tells to the receivers.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/notify/notifier.h"
#include "api/notify_answer.h"
#include "notify/teller.h"
#include "ports/log_sink.h"

namespace boost::asio {
class io_context;
}

namespace holdfast::daemon {

/// All calls on the loop's thread. Nothing waits for a receiver but finish().
class Notifying {
 public:
  Notifying(boost::asio::io_context& loop, NodeId self, LogSink& log);

  /// After every step of the core. Takes up its configuration, too (O7).
  void on_step(const Event& event, const Outcome& outcome, const ClusterState& state);

  /// This node leaves in order.
  void leave(const ClusterState& state);

  /// After the loop has ended: what waits is told, for 3 s at most.
  void finish();

  using TestDone = std::function<void(std::vector<api::NotifyTestResult>)>;
  /// False: another test is under way.
  bool test(const ClusterState& state, const std::vector<NotifyTarget>& targets, TestDone done);

 private:
  void configure(const ClusterState& state);
  void report(Severity severity, notify::Message message, std::string text);
  void write_reports();

  boost::asio::io_context& loop_;
  NodeId self_;
  LogSink& log_;
  notify::Teller teller_;
  std::shared_ptr<const ClusterConfig> config_;
  std::mutex mutex_;
  std::vector<LogLine> reports_;  ///< guarded by the mutex: from the receivers' threads
  notify::Notifier notifier_;     ///< the last member: its threads end first
};

}  // namespace holdfast::daemon
