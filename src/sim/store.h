// A node's disk: it keeps the daemon's durable state over crashes, and can be full or hang (E4).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "ports/state_store.h"
#include "sim/scheduler.h"

namespace holdfast::sim {

enum class DiskHealth : std::uint8_t { well, full, hanging };

/// What lasts.
struct SimDisk {
  std::optional<DurableState> kept;
  std::string config;                               ///< the configuration file
  std::map<std::string, std::string> kept_configs;  ///< older ones, and those put aside, beside it
  std::vector<std::string> journal;                 ///< segments, oldest first
  DiskHealth health = DiskHealth::well;
};

/// One daemon's way to its node's disk: one write at a time, as the real writer's thread does it. A write is on the
/// disk when it ends; a daemon or machine that dies before leaves the old state.
class SimStore final : public StateStore {
 public:
  /// A write takes up to `slowest`.
  SimStore(Scheduler& scheduler, Owner& owner, SimDisk& disk, Micros slowest, std::uint64_t seed)
      : scheduler_(scheduler), owner_(owner), disk_(disk), slowest_(slowest), random_(seed) {}

  Result<std::optional<DurableState>> load() override { return disk_.kept; }

  void save(DurableState state, Saved saved) override {
    next_ = std::move(state);
    waiting_.push_back(std::move(saved));
    if (!writing_) begin();
  }

 private:
  static constexpr Micros hanging_look{10000};

  void begin() {
    writing_ = std::exchange(next_, std::nullopt);
    saved_ = std::exchange(waiting_, {});
    const Micros time{slowest_.count() == 0 ? 0 : random_.between(1, slowest_.count())};
    scheduler_.after(time, &owner_, [this] { end(); });
  }

  void end() {
    if (disk_.health == DiskHealth::hanging) {
      scheduler_.after(hanging_look, &owner_, [this] { end(); });
      return;
    }
    const bool full = disk_.health == DiskHealth::full;
    if (!full) disk_.kept = std::move(writing_);
    writing_.reset();
    for (const Saved& saved : std::exchange(saved_, {}))
      saved(full ? Result<void>(failure("no space left on device")) : Result<void>());
    if (next_ && !writing_) begin();
  }

  Scheduler& scheduler_;
  Owner& owner_;
  SimDisk& disk_;
  Micros slowest_;
  Random random_;
  std::optional<DurableState> writing_;
  std::optional<DurableState> next_;
  std::vector<Saved> saved_;
  std::vector<Saved> waiting_;
};

}  // namespace holdfast::sim
