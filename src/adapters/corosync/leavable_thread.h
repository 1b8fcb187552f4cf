// A thread that may be inside a call that never returns (engine.md 1): it is left behind then, instead of taking the
// daemon's end with it.
#pragma once

#include <functional>
#include <future>
#include <thread>

#include "base/time.h"

namespace holdfast::corosync {

class LeavableThread {
 public:
  /// `body` must own all that it touches. `name` has at most 15 characters. The thread takes no signals.
  LeavableThread(const char* name, std::function<void()> body);
  LeavableThread(const LeavableThread&) = delete;
  LeavableThread& operator=(const LeavableThread&) = delete;
  ~LeavableThread();

  /// Waits for the body's end, which was asked for already; leaves the thread behind when patience ends.
  void finish(Millis patience);

 private:
  std::future<void> finished_;
  std::thread thread_;
};

/// Real-time priority for the calling thread, not inherited by what it starts. False if not permitted.
[[nodiscard]] bool become_realtime();

}  // namespace holdfast::corosync
