#include "runtime/durable.h"

#include <utility>

#include "base/format.h"

namespace holdfast::runtime {

namespace {
constexpr Micros write_delay = Millis{100};
constexpr Micros slow_write = Millis{500};
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

void Durable::save(const DurableState& state) {
  const Instant begun = clock_.now();
  const Result<void> saved = store_.save(state);
  const Micros took = clock_.now() - begun;
  if (took > slow_write)
    lines_.write(Severity::warning, "daemon", Note::save_slow,
                 format("writing the state file took {} ms", took.count() / 1000));
  if (saved) {
    last_ = state;
    if (std::exchange(failing_, false))
      lines_.write(Severity::notify, "daemon", Note::save_works, "the state file can be written again");
  } else if (!std::exchange(failing_, true)) {
    lines_.write(Severity::error, "daemon", Note::save_failed,
                 format("the state file cannot be written, this node goes on without: {}", saved.error().text));
  }
}

bool Durable::save_changed(const DurableState& state) {
  if (state == last_) return false;
  save(state);
  return true;
}

void Durable::mark(std::function<void()> keep) {
  if (due_) return;
  due_ = clock_.after(write_delay, [this, keep = std::move(keep)] {
    const auto fired = std::move(due_);  // keeps this very function alive until its end
    keep();
  });
}

}  // namespace holdfast::runtime
