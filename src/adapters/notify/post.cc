#include "adapters/notify/post.h"

#include <algorithm>
#include <utility>

#include "adapters/notify/mail_text.h"
#include "base/format.h"

namespace holdfast::notify {

Post::Post(std::string shown, NotifyTarget target, PostTimes times, Report report, Send send)
    : shown_(std::move(shown)),
      times_(times),
      report_(std::move(report)),
      send_(std::move(send)),
      target_(std::move(target)),
      thread_([this] { run(); }) {}

Post::~Post() {
  end();
  thread_.join();
}

void Post::tell(const Notification& one) {
  std::size_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    added_ = Clock::now();
    waiting_.push_back({one, added_});
    for (; waiting_.size() > times_.most; ++lost) waiting_.pop_front();
  }
  changed_.notify_all();
  if (lost > 0)
    report_(Severity::warning, Message::lost,
            format("{}: {} notifications wait already; the oldest is dropped", shown_, times_.most));
}

void Post::change(NotifyTarget target) {
  {
    const std::lock_guard lock(mutex_);
    target_ = std::move(target);
    retry_at_ = {};
  }
  changed_.notify_all();
}

bool Post::flush(Millis patience) {
  std::unique_lock lock(mutex_);
  flushing_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [&] { return ended_ || (waiting_.empty() && !sending_); });
}

void Post::end() {
  give_up_ = true;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
}

bool Post::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

/// When the next attempt is to begin.
Post::Clock::time_point Post::due() const {
  if (flushing_ || waiting_.empty()) return {};
  if (target_.by != NotifyBy::mail) return retry_at_;
  const auto gathered = std::min(added_ + times_.quiet, waiting_.front().since + times_.gather);
  return std::max(retry_at_, gathered);
}

std::vector<Post::Waiting> Post::take() {
  const auto count = static_cast<std::ptrdiff_t>(target_.by == NotifyBy::mail ? waiting_.size() : 1);
  std::vector<Waiting> batch(waiting_.begin(), waiting_.begin() + count);
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  return batch;
}

void Post::drop_old(std::unique_lock<std::mutex>& lock) {
  while (!waiting_.empty() && Clock::now() - waiting_.front().since > times_.patience) {
    const std::string subject = waiting_.front().one.subject;
    waiting_.pop_front();
    lock.unlock();
    report_(Severity::error, Message::given_up,
            format("{}: given up after {} s: {}", shown_, times_.patience.count() / 1000, subject));
    lock.lock();
  }
}

void Post::refused(std::vector<Waiting> batch, const std::string& about, const std::string& why,
                   std::unique_lock<std::mutex>& lock) {
  delay_ = delay_ == Millis{0} ? times_.first_retry : std::min(delay_ * 2, times_.last_retry);
  retry_at_ = Clock::now() + delay_;
  const bool first = failures_++ == 0;
  const bool again = !flushing_ && !ending_;
  if (again)
    waiting_.insert(waiting_.begin(), batch.begin(), batch.end());
  else
    waiting_.clear();
  lock.unlock();
  if (!again)
    report_(Severity::error, Message::given_up, format("{}: not told, this daemon ends: {}; {}", shown_, about, why));
  else if (first)
    report_(
        Severity::warning, Message::failing,
        format("{}: not told yet, tried again for {} s: {}; {}", shown_, times_.patience.count() / 1000, about, why));
  lock.lock();
  drop_old(lock);
}

void Post::taken(const std::string& about, const std::string& answer, std::unique_lock<std::mutex>& lock) {
  const std::size_t failures = std::exchange(failures_, 0);
  delay_ = Millis{0};
  retry_at_ = {};
  lock.unlock();
  if (failures > 0)
    report_(Severity::notify, Message::works_again,
            format("{}: takes notifications again, after {} failed attempts", shown_, failures));
  report_(Severity::notify, Message::told, format("{}: told: {}; {}", shown_, about, answer));
  lock.lock();
}

void Post::send_next(std::unique_lock<std::mutex>& lock) {
  std::vector<Waiting> batch = take();
  Notifications all;
  for (const Waiting& waiting : batch) all.push_back(waiting.one);
  const std::string about =
      all.size() == 1 ? all.front().subject : format("{} notifications, {}", all.size(), mail_subject(all));
  const NotifyTarget target = target_;
  sending_ = true;
  lock.unlock();
  const Sent sent = send_(target, all, give_up_);
  lock.lock();
  if (sent.taken)
    taken(about, sent.text, lock);
  else
    refused(std::move(batch), about, sent.text, lock);
  sending_ = false;
}

void Post::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (waiting_.empty()) {
      changed_.notify_all();  // flush() waits for this
      changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    } else if (const auto when = due(); when > Clock::now()) {
      changed_.wait_until(lock, when);
    } else {
      send_next(lock);
    }
  }
  ended_ = true;
  changed_.notify_all();
}

}  // namespace holdfast::notify
