// Takes the engine's real-time priority away for some seconds, while its rings settle. Engines that form ring after
// ring spin; with the highest priority they leave one another's threads, and everything else, no time on a machine with
// few cores, and spin on for up to 15 s after the cause is gone (measured; 4 s without the priority).
//
// Always, the engine's main loop comes one step below its link threads and this daemon's side channel. It is the loop
// that spins, in slices of 100 ms: with all of them on the highest step no packet was read meanwhile, no note came, and
// five nodes on two cores came to no view in 15 s (measured: Corosync's threads ran for 79 s and waited for 1012 s).
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <map>
#include <string>

#include "base/time.h"

namespace holdfast::sidechannel {

/// One thread. Without the right to it nothing happens.
class EnginePriority {
 public:
  /// `pid_file`: of the engine; empty: there is none.
  explicit EnginePriority(std::string pid_file) : pid_file_(std::move(pid_file)) {}
  ~EnginePriority() { give_back(); }
  EnginePriority(const EnginePriority&) = delete;
  EnginePriority& operator=(const EnginePriority&) = delete;

  /// What a daemon that was killed meanwhile left so.
  void restore();
  void take(Instant now);
  /// The rings have not settled yet: what was taken stays taken for as long again. Five engines that got it back while
  /// they spun left a machine of two cores no time for minutes (measured).
  void prolong(Instant now);
  /// To be called often.
  void look(Instant now);

 private:
  void give_back();

  std::string pid_file_;
  std::map<pid_t, sched_param> taken_;  ///< by thread
  Instant until_;
  Instant next_order_;
};

}  // namespace holdfast::sidechannel
