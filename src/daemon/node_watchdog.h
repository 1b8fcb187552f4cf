// This node's watchdog (G4): its peers take a node that they lost for reset once the watchdog's time is over, so one
// that has none must not take part. The log says when it guards, when it is not fed, and why.
#pragma once

#include <functional>

#include "adapters/watchdog/watchdog_client.h"
#include "core/local/watchdog.h"
#include "ports/log_sink.h"

namespace holdfast::daemon {

/// All calls on the loop's thread.
class NodeWatchdog {
 public:
  /// `feeding`: asked about five times in a timeout.
  NodeWatchdog(boost::asio::io_context& loop, WatchdogSettings settings, std::function<core::Feeding()> feeding,
               LogSink& log);

  /// Blocks until it guards this node. The error: it does not.
  Result<void> arm();
  void start() { client_.start(); }
  /// Nothing of this node counts any more.
  void release() { client_.release(); }

 private:
  bool may_be_fed();
  void tell_armed(const std::string& name, const char* what);

  WatchdogSettings settings_;
  std::function<core::Feeding()> feeding_;
  LogSink& log_;
  core::Feeding told_ = core::Feeding::yes;
  WatchdogClient client_;
};

}  // namespace holdfast::daemon
