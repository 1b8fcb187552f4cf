#include "runtime/durable.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace holdfast::runtime {

namespace {
constexpr Micros write_delay = Millis{100};
constexpr Micros slow_write = Millis{500};
constexpr Micros retry_delay = Millis{5000};
}  // namespace

DurableState Durable::load() {
  Result<std::optional<DurableState>> loaded = store_.load();
  if (!loaded) {
    lines_.write(Severity::error, "daemon", Note::state_damaged,
                 format("the state file is damaged and was put aside, the state comes from the other nodes: {}",
                        loaded.error().text));
    return {};
  }
  last_ = loaded->value_or(DurableState{});
  return last_;
}

void Durable::save(DurableState state) {
  if (state == last_) return;
  last_ = std::move(state);
  write();
}

void Durable::write() {
  if (begun_ == ended_) watch_disk();
  retry_.reset();
  store_.save(last_, [this, number = ++begun_, alive = std::weak_ptr(alive_)](const Result<void>& result) {
    if (!alive.expired()) written(number, result);
  });
}

/// A write begins now.
void Durable::watch_disk() {
  oldest_begun_ = clock_.now();
  slow_ = clock_.after(slow_write, [this] {
    slow_told_ = true;
    lines_.write(Severity::warning, "daemon", Note::save_slow,
                 format("the disk has not written the state file within {} ms; this node goes on meanwhile",
                        slow_write.count() / 1000));
  });
}

void Durable::written(std::uint64_t number, const Result<void>& result) {
  ended_ = number;
  slow_.reset();
  if (std::exchange(slow_told_, false))
    lines_.write(Severity::notify, "daemon", Note::save_works,
                 format("the disk answers again, after {} ms", (clock_.now() - oldest_begun_).count() / 1000));
  tell_result(result);
  if (begun_ != ended_) {
    watch_disk();
  } else if (!result) {
    retry_ = clock_.after(retry_delay, [this] {
      const auto fired = std::move(retry_);  // keeps this very function alive until its end
      write();
    });
  }
  serve(number, result ? Kept::yes : Kept::no);
}

void Durable::tell_result(const Result<void>& result) {
  if (result) {
    if (std::exchange(failing_, false))
      lines_.write(Severity::notify, "daemon", Note::save_works, "the state file can be written again");
  } else if (!std::exchange(failing_, true)) {
    lines_.write(Severity::error, "daemon", Note::save_failed,
                 format("the state file cannot be written, this node goes on without: {}", result.error().text));
  }
}

void Durable::when_kept(Micros limit, std::function<void(Kept)> call) {
  if (begun_ == ended_) return call(failing_ ? Kept::no : Kept::yes);
  auto& waiting = *waiting_.emplace_back(std::make_unique<Waiting>());
  waiting.write = begun_;
  waiting.call = std::move(call);
  waiting.limit = clock_.after(limit, [this, which = &waiting] {
    const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& w) { return w.get() == which; });
    const std::unique_ptr<Waiting> over = std::move(*found);  // lives until the end of its own timer's call
    waiting_.erase(found);
    over->call(Kept::no);
  });
}

/// A call may ask for more.
void Durable::serve(std::uint64_t up_to, Kept result) {
  std::vector<std::unique_ptr<Waiting>> kept;
  for (auto& waiting : waiting_)
    if (waiting->write <= up_to) kept.push_back(std::move(waiting));
  std::erase(waiting_, nullptr);
  for (const auto& waiting : kept) waiting->call(result);
}

void Durable::mark(std::function<void()> keep) {
  if (due_) return;
  due_ = clock_.after(write_delay, [this, keep = std::move(keep)] {
    const auto fired = std::move(due_);  // keeps this very function alive until its end
    keep();
  });
}

}  // namespace holdfast::runtime
