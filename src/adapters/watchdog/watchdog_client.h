// This node's side of holdfast-watchdog (src/watchdog): starts it or finds the one that an earlier daemon of this
// machine left, and answers its questions.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

struct WatchdogSettings {
  std::string program;  ///< holdfast-watchdog
  std::string device;
  std::string socket;
  Millis timeout;            ///< the device's
  Millis arm_limit{30'000};  ///< a machine that boots is slow
};

/// All calls and callbacks on the loop's thread.
class WatchdogClient {
 public:
  struct Calls {
    std::function<void(std::string)> armed;   ///< by a feeder that was started anew: the driver's name
    std::function<bool()> may_feed;           ///< asked about five times in a timeout
    std::function<void(std::string)> failed;  ///< it does not guard this node (again): one line
  };

  WatchdogClient(boost::asio::io_context& loop, WatchdogSettings settings, Calls calls);
  ~WatchdogClient();
  WatchdogClient(const WatchdogClient&) = delete;
  WatchdogClient& operator=(const WatchdogClient&) = delete;

  /// Blocks, for `arm_limit` at the most, until the device is armed. Returns its driver's name, or why this node is
  /// not guarded: then it must not serve anything, since its peers rely on it (G4).
  Result<std::string> arm();
  /// From now on questions are answered.
  void start();
  /// This node leaves in order: the device is switched off. Waits for that for a second at the most.
  void release();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace holdfast
