// Was this node itself late, and may it trust what it believes of the others? (L5)
//
//   free --(loop late, or hold())--> holding --(settled, links polled anew, resources checked)--> free
//
// A paused node wakes with an old view and first calls its peers dead (engine.md 2.7): while holding, no view is
// synced and so nothing is taken over. Pure and per node; never replicated.
#pragma once

#include <cstdint>
#include <optional>

#include "model/config.h"

namespace holdfast::core {

struct StallLimits {
  Micros tick{50'000};        ///< the loop promises to look at itself so often
  Micros tolerance{125'000};  ///< so much later than that is a stall
  Micros settle{1'150'000};   ///< after a stall: no poll of the links counts as fresh before
  bool polls = true;          ///< false where no links are polled (one node only)
  Micros poll_every{0};       ///< the engine promises to poll so often; 0: it promises nothing
  Micros poll_tolerance{0};   ///< so much later than that, the engine was stalled
};

/// The limits that follow from the heartbeat settings. `poll_every` 0: the engine promises nothing.
StallLimits stall_limits(const ClusterConfig& config, Millis tick, Millis poll_every = Millis{0});

class StallGuard {
 public:
  StallGuard(StallLimits limits, Instant now);

  /// The heartbeat settings changed.
  void reconfigure(StallLimits limits) { limits_ = limits; }

  /// To be called at every tick and before every input is believed. If the loop was stalled: how late it is, and a hold
  /// (or a new one) has begun.
  std::optional<Micros> look(Instant now);
  /// As look(), where the caller knows what kept it (it waited for the disk): never a stall.
  void forgive(Instant now);
  /// Begins a hold for another reason, for at least `at_least`.
  void hold(Instant now, Micros at_least);
  /// The reason of that hold is gone: only fresh polls and checked resources are waited for.
  void shorten(Instant now);

  /// All links were polled, and the answer is of `now`. If the engine was stalled while the loop was not: how late it
  /// is, and a hold has begun. A paused engine that wakes calls its peers dead, too (engine.md 2.7).
  std::optional<Micros> on_links_polled(Instant now);
  /// All own resources were checked by a check that began after hold number `number` did.
  void on_resources_checked(std::uint64_t number);

  bool holding(Instant now) const;
  /// Of the hold that began last; 0: none yet.
  std::uint64_t number() const { return number_; }
  /// The worst lateness since the last call, for Alive messages.
  Micros take_worst_lag();

 private:
  void begin(Instant now, Micros settle);

  StallLimits limits_;
  Instant last_look_;
  Micros worst_lag_{0};
  std::uint64_t number_ = 0;
  Instant fresh_from_;  ///< polls count from here on
  std::optional<Instant> last_poll_;
  bool polled_ = true;
  bool checked_ = true;
};

}  // namespace holdfast::core
