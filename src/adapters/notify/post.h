// What waits for one receiver, and the thread that brings it there: whatever the receiver does, nobody waits for it.
//
//   tell --queue--> gather (mail) --send--> taken
//                                     \--> refused: again after first_retry, doubled up to last_retry, until `patience`
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "adapters/notify/sent.h"
#include "base/time.h"

namespace holdfast::notify {

struct PostTimes {
  Millis quiet{3000};    ///< a mail waits until nothing was added for so long,
  Millis gather{15000};  ///< but no longer than this
  Millis first_retry{5000};
  Millis last_retry{300'000};
  Millis patience{4 * 3'600'000};  ///< after so long a notification is given up
  std::size_t most = 256;          ///< that wait; the oldest go first
};

/// Message ids 007xxx (docs/messages.md).
enum class Message : std::uint32_t {
  told = 7001,
  failing = 7002,
  given_up = 7003,
  works_again = 7004,
  lost = 7005,
};

using Report = std::function<void(Severity, Message, std::string)>;
using Send = std::function<Sent(const NotifyTarget&, const Notifications&, const GiveUp&)>;

/// All calls from any thread. `report` is called on the post's own thread, or within tell().
class Post {
 public:
  /// `shown` is its name in reports.
  Post(std::string shown, NotifyTarget target, PostTimes times, Report report, Send send);
  /// Ends what is under way and waits for that.
  ~Post();
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  void tell(const Notification& one);
  /// What waits goes to the new one, at once.
  void change(NotifyTarget target);
  /// Nothing is gathered and nothing is tried twice any more: true when all is told, false after `patience`.
  bool flush(Millis patience);
  /// Its thread is to end; what waits is dropped.
  void end();
  bool ended() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    Notification one;
    Clock::time_point since;
  };

  void run();
  Clock::time_point due() const;
  std::vector<Waiting> take();
  void send_next(std::unique_lock<std::mutex>& lock);
  void refused(std::vector<Waiting> batch, const std::string& about, const std::string& why,
               std::unique_lock<std::mutex>& lock);
  void taken(const std::string& about, const std::string& answer, std::unique_lock<std::mutex>& lock);
  void drop_old(std::unique_lock<std::mutex>& lock);

  const std::string shown_;
  const PostTimes times_;
  const Report report_;
  const Send send_;
  GiveUp give_up_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  NotifyTarget target_;
  std::deque<Waiting> waiting_;
  Clock::time_point added_;
  Clock::time_point retry_at_;
  Millis delay_{0};  ///< before the next attempt; 0: the last one succeeded
  std::size_t failures_ = 0;
  bool sending_ = false;
  bool flushing_ = false;
  bool ending_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace holdfast::notify
