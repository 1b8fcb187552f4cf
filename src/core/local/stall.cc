#include "core/local/stall.h"

#include <algorithm>
#include <utility>

namespace holdfast::core {

namespace {
constexpr Micros link_poll = Millis{200};  // the engine's own heartbeat thread runs in such steps (engine.md 2.1)
}

StallLimits stall_limits(const ClusterConfig& config, Millis tick, Millis poll_every) {
  const Detection& d = config.detection;
  StallLimits limits;
  limits.tick = tick;
  limits.tolerance = std::max<Micros>(Micros{d.token} / 2, Millis{100});
  // Two heartbeats and one poll, and the time in which the engine finds its ring again.
  limits.settle = Micros{d.link_interval} * 2 + link_poll + std::max<Micros>(Micros{d.token} * 22 / 10, Millis{300});
  limits.poll_every = poll_every;
  // Longer than the engine needs to form a ring: it may answer no poll meanwhile.
  limits.poll_tolerance = Micros{d.token} * 22 / 10 + std::max<Micros>(d.token, Millis{300});
  limits.polls = config.engine != EngineKind::local && config.nodes.size() > 1;
  return limits;
}

StallGuard::StallGuard(StallLimits limits, Instant now) : limits_(limits), last_look_(now) {}

std::optional<Micros> StallGuard::look(Instant now) {
  const Micros late = now - last_look_ - limits_.tick;
  last_look_ = now;
  worst_lag_ = std::max(worst_lag_, late);
  if (late <= limits_.tolerance) return std::nullopt;
  begin(now, limits_.settle);
  return late;
}

void StallGuard::forgive(Instant now) {
  worst_lag_ = std::max(worst_lag_, now - last_look_ - limits_.tick);
  last_look_ = now;
}

void StallGuard::hold(Instant now, Micros at_least) { begin(now, std::max(at_least, limits_.settle)); }

void StallGuard::shorten(Instant now) { fresh_from_ = std::min(fresh_from_, now); }

std::optional<Micros> StallGuard::on_links_polled(Instant now) {
  const Micros late = last_poll_ ? now - *last_poll_ - limits_.poll_every : Micros{0};
  last_poll_ = now;
  if (limits_.poll_every > Micros{0} && late > limits_.poll_tolerance && !holding(now)) {
    begin(now, limits_.settle);
    return late;
  }
  if (now >= fresh_from_) polled_ = true;
  return std::nullopt;
}

void StallGuard::on_resources_checked(std::uint64_t number) {
  if (number == number_) checked_ = true;
}

bool StallGuard::holding(Instant now) const { return now < fresh_from_ || !polled_ || !checked_; }

Micros StallGuard::take_worst_lag() { return std::exchange(worst_lag_, Micros{0}); }

void StallGuard::begin(Instant now, Micros settle) {
  ++number_;
  fresh_from_ = std::max(fresh_from_, now + settle);
  polled_ = !limits_.polls;
  checked_ = false;
}

}  // namespace holdfast::core
