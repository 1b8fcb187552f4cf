#include "daemon/notifying.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>

#include "base/format.h"
#include "model/names.h"

namespace holdfast::daemon {

namespace {
constexpr Millis last_words{3000};
}

Notifying::Notifying(boost::asio::io_context& loop, NodeId self, LogSink& log)
    : loop_(loop),
      self_(self),
      log_(log),
      teller_(self),
      notifier_([this](Severity severity, notify::Message message, std::string text) {
        report(severity, message, std::move(text));
      }) {}

void Notifying::configure(const ClusterState& state) {
  if (config_ == state.config) return;
  const bool changed = !config_ || config_->notify != state.config->notify;
  config_ = state.config;
  if (changed) notifier_.configure(config_->notify);
}

void Notifying::on_step(const Event& event, const Outcome& outcome, const ClusterState& state) {
  configure(state);
  for (const Notification& one : teller_.take(event, outcome, state)) notifier_.tell(one);
}

void Notifying::leave(const ClusterState& state) {
  if (const auto last = teller_.leave(state)) notifier_.tell(*last);
}

void Notifying::finish() {
  notifier_.finish(last_words);
  write_reports();
}

bool Notifying::test(const ClusterState& state, const std::vector<NotifyTarget>& targets, TestDone done) {
  const std::string self = state.config->name_of(self_);
  Notification one;
  one.at = WallTime{std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch()).count()};
  one.cluster = state.config->name;
  one.node = self;
  one.teller = self;
  one.subject = format("test of notifications by {}", self);
  one.lines = {"`holdfast notify test` was asked for; nothing has happened"};
  return notifier_.test(targets, one, [this, done = std::move(done)](std::vector<notify::TestResult> found) {
    std::vector<api::NotifyTestResult> results;
    for (notify::TestResult& r : found)
      results.push_back({std::move(r.target), std::string(name_of(r.by)), r.taken, std::move(r.text)});
    boost::asio::post(loop_, [done, results = std::move(results)] { done(results); });
  });
}

/// From any thread; the log is written by the loop's.
void Notifying::report(Severity severity, notify::Message message, std::string text) {
  {
    const std::lock_guard lock(mutex_);
    reports_.push_back({severity, "notify", "", {}, static_cast<std::uint32_t>(message), std::move(text)});
  }
  boost::asio::post(loop_, [this] { write_reports(); });
}

void Notifying::write_reports() {
  std::vector<LogLine> lines;
  {
    const std::lock_guard lock(mutex_);
    lines.swap(reports_);
  }
  for (const LogLine& line : lines) log_.write(line);
}

}  // namespace holdfast::daemon
