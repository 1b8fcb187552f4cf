// Lends the highest real-time priority to the daemon's loop while the network is in trouble. Engines that form ring
// after ring spin with that priority; on a machine with few cores the loop, which has a lower one, would come to its
// decision about them only seconds later (measured: 5 s instead of 2), and count as stalled meanwhile (L5).
#pragma once

#include <pthread.h>
#include <sched.h>

#include <optional>

#include "base/time.h"

namespace holdfast::sidechannel {

/// Made by the thread that is lent to; all else by one other thread. Without the right to it nothing happens.
class LentPriority {
 public:
  LentPriority() : thread_(pthread_self()) {}
  LentPriority(const LentPriority&) = delete;
  LentPriority& operator=(const LentPriority&) = delete;
  ~LentPriority() { take_back(); }

  /// Something happened: from now on, for some seconds.
  void lend(Instant now) {
    until_ = now + duration;
    if (own_) return;
    Setting own;
    if (pthread_getschedparam(thread_, &own.policy, &own.parameters) != 0) return;
    sched_param highest{};
    highest.sched_priority = sched_get_priority_max(SCHED_RR);
    if (pthread_setschedparam(thread_, SCHED_RR | SCHED_RESET_ON_FORK, &highest) == 0) own_ = own;
  }
  void look(Instant now) {
    if (own_ && now >= until_) take_back();
  }

 private:
  static constexpr Micros duration = Millis{10'000};
  struct Setting {
    int policy = SCHED_OTHER;
    sched_param parameters{};
  };
  void take_back() {
    if (!own_) return;
    pthread_setschedparam(thread_, own_->policy == SCHED_OTHER ? own_->policy : own_->policy | SCHED_RESET_ON_FORK,
                          &own_->parameters);
    own_.reset();
  }

  pthread_t thread_;
  std::optional<Setting> own_;
  Instant until_;
};

}  // namespace holdfast::sidechannel
