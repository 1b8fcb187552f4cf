// Takes the engine's real-time priority away for some seconds, while its rings settle. Engines that form ring after
// ring spin; with the highest priority they leave one another's threads, and everything else, no time on a machine with
// few cores, and spin on for up to 15 s after the cause is gone (measured; 4 s without the priority).
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
  void look(Instant now) {
    if (!taken_.empty() && now >= until_) give_back();
  }

 private:
  void give_back();

  std::string pid_file_;
  std::map<pid_t, sched_param> taken_;  ///< by thread
  Instant until_;
};

}  // namespace holdfast::sidechannel
