// Since when a thread is inside a call of corosync's libraries: they block for ever when corosync stands still
// (engine.md 1), and somebody must be able to say so.
#pragma once

#include <atomic>
#include <chrono>

#include "base/time.h"

namespace holdfast::corosync {

/// Set by one thread, read by any.
class BusyMark {
 public:
  /// While it lives the thread counts as being in a call.
  class Scope {
   public:
    explicit Scope(BusyMark& mark) : mark_(mark) { mark_.since_ = now(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { mark_.since_ = 0; }

   private:
    BusyMark& mark_;
  };

  /// How long the present call has lasted; zero if there is none.
  Micros busy() const {
    const std::int64_t since = since_;
    return since == 0 ? Micros{0} : Micros{now() - since};
  }

 private:
  static std::int64_t now() {
    return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  std::atomic<std::int64_t> since_{0};
};

}  // namespace holdfast::corosync
