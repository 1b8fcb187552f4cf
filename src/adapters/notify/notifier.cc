#include "adapters/notify/notifier.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace holdfast::notify {

namespace {

bool wants(const NotifyTarget& target, NotificationKind kind) {
  return kind == NotificationKind::test || target.events.empty() ||
         std::find(target.events.begin(), target.events.end(), kind) != target.events.end();
}

std::string shown_name(const NotifyTarget& target) {
  return target.by == NotifyBy::snmp ? format("{} ({})", target.name, target.hosts.front()) : target.name;
}

}  // namespace

std::vector<NotifyTarget> one_by_one(const NotifyTarget& target) {
  if (target.by != NotifyBy::snmp) return {target};
  std::vector<NotifyTarget> all;
  for (const std::string& host : target.hosts) {
    all.push_back(target);
    all.back().hosts = {host};
  }
  return all;
}

Notifier::Notifier(Report report, PostTimes times, Send send)
    : report_(std::move(report)),
      times_(times),
      send_(std::move(send)),
      testing_(std::make_shared<std::atomic<bool>>(false)) {}

Notifier::~Notifier() {
  give_up_ = true;
  for (auto& [name, receiver] : receivers_) receiver.post->end();  // all at once, then each is waited for
  if (tester_.joinable()) tester_.join();
}

void Notifier::configure(const std::vector<NotifyTarget>& targets) {
  std::map<std::string, Receiver> next;
  for (const NotifyTarget& whole : targets)
    for (const NotifyTarget& target : one_by_one(whole)) {
      const std::string name = shown_name(target);
      auto before = receivers_.extract(name);
      Receiver& receiver = next[name];
      if (!before.empty()) receiver = std::move(before.mapped());
      if (!receiver.post)
        receiver.post = std::make_unique<Post>(name, target, times_, report_, send_);
      else if (receiver.target != target)
        receiver.post->change(target);
      receiver.target = target;
    }
  for (auto& [name, receiver] : receivers_) {
    receiver.post->end();
    retired_.push_back(std::move(receiver.post));
  }
  receivers_ = std::move(next);
  std::erase_if(retired_, [](const auto& post) { return post->ended(); });
}

void Notifier::tell(const Notification& one) {
  for (auto& [name, receiver] : receivers_)
    if (wants(receiver.target, one.kind)) receiver.post->tell(one);
}

bool Notifier::test(const std::vector<NotifyTarget>& targets, const Notification& one,
                    std::function<void(std::vector<TestResult>)> done) {
  if (testing_->exchange(true)) return false;
  if (tester_.joinable()) tester_.join();  // it has ended, but for its last words
  std::vector<NotifyTarget> all;
  for (const NotifyTarget& target : targets)
    for (NotifyTarget& single : one_by_one(target)) all.push_back(std::move(single));
  tester_ = std::thread([this, all = std::move(all), one, done = std::move(done), testing = testing_] {
    std::vector<TestResult> results(all.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < all.size(); ++i)
      threads.emplace_back([this, &target = all[i], &result = results[i], &one] {
        const Sent sent = send_(target, {one}, give_up_);
        result = {shown_name(target), target.by, sent.taken, sent.text};
      });
    for (std::thread& thread : threads) thread.join();
    *testing = false;
    done(std::move(results));
  });
  return true;
}

void Notifier::finish(Millis patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (auto& [name, receiver] : receivers_) receiver.post->flush(Millis{0});  // all begin at once
  for (auto& [name, receiver] : receivers_) {
    const auto left = std::chrono::duration_cast<Millis>(end - std::chrono::steady_clock::now());
    receiver.post->flush(std::max(left, Millis{0}));
  }
}

}  // namespace holdfast::notify
