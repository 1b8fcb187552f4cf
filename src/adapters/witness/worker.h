// A thread for calls that may never return: a name server, a hung disk, a stopped corosync. It is left behind then,
// instead of taking the daemon's loop or end with it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "base/time.h"

namespace holdfast::witness {

/// Runs `round` at once, then after each wake() or `interval`, whichever comes first. `round` must own all that it
/// touches: it may outlive everybody else.
class Worker {
 public:
  Worker(const char* name, Millis interval, std::function<void()> round);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Does not wait for a round under way.
  ~Worker();

  void wake();

 private:
  struct State {
    std::mutex guard;
    std::condition_variable changed;
    bool woken = false;
    bool stopped = false;
  };
  static void run(State& state, Millis interval, const std::function<void()>& round);

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace holdfast::witness
