// All receivers of this node (V5): each has its post; `holdfast notify test` goes by itself and waits for nothing.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "adapters/notify/post.h"

namespace holdfast::notify {

struct TestResult {
  std::string target;
  NotifyBy by = NotifyBy::mail;
  bool taken = false;
  std::string text;
};

/// All calls on one thread, none waits but finish(). Reports come on others.
class Notifier {
 public:
  explicit Notifier(Report report, PostTimes times = {}, Send send = notify::send);
  ~Notifier();

  /// In place of the targets before. What waits for one that stays, by its name, goes to it as it is now.
  void configure(const std::vector<NotifyTarget>& targets);

  /// To every target that wants its kind.
  void tell(const Notification& one);

  /// One attempt each, at once; `done` is called on another thread. False: one is under way.
  bool test(const std::vector<NotifyTarget>& targets, const Notification& one,
            std::function<void(std::vector<TestResult>)> done);

  /// Tells what waits, in one attempt each, for at most so long.
  void finish(Millis patience);

 private:
  struct Receiver {
    NotifyTarget target;
    std::unique_ptr<Post> post;
  };

  Report report_;
  PostTimes times_;
  Send send_;
  std::map<std::string, Receiver> receivers_;   ///< by name and, for traps, host
  std::vector<std::unique_ptr<Post>> retired_;  ///< until their threads have ended
  GiveUp give_up_ = false;
  std::shared_ptr<std::atomic<bool>> testing_;
  std::thread tester_;
};

/// One for each host of a target by snmp.
std::vector<NotifyTarget> one_by_one(const NotifyTarget& target);

}  // namespace holdfast::notify
