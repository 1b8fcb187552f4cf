// Feeds the watchdog on behalf of a daemon, which is asked before every time (G4): a daemon that is dead, hangs or says
// no is not fed for, and the machine is reset. A process of its own, so that nothing but an answer feeds it.
//
//   feeder -> daemon   ask N | released | failed TEXT
//   daemon -> feeder   timeout MS | yes N | no N | release          (lines over a stream socket, one daemon at a time)
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "watchdog/device.h"

namespace holdfast::watchdog {

/// What it does with its device and says to its daemon. No clock, no socket: those are around it.
class Feeder {
 public:
  using Say = std::function<void(const std::string& line)>;

  Feeder(Device& device, Say say) : device_(device), say_(std::move(say)) {}

  /// To be called every interval().
  void tick();
  /// One line of the daemon, without its end. False: it makes no sense, and whoever says it is no daemon of ours.
  bool take(std::string_view line);
  /// A daemon has connected, another one or again.
  void connected();

  /// The daemon has let go in order and the device is off: this process has nothing left to do.
  bool over() const { return over_; }
  /// Between two questions: five in a timeout, at most a second.
  Millis interval() const;

 private:
  bool set_timeout(std::string_view millis);
  void release();

  Device& device_;
  Say say_;
  Millis timeout_{10'000};
  std::uint64_t asked_ = 0;
  bool waits_ = false;     ///< for the answer to the last question
  bool released_ = false;  ///< nothing is guarded, but the device cannot be switched off: fed without asking
  bool over_ = false;
};

}  // namespace holdfast::watchdog
