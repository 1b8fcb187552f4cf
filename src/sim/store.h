// A node's disk: it keeps the daemon's durable state over crashes, and can be full (E4).
#pragma once

#include <optional>

#include "ports/state_store.h"

namespace holdfast::sim {

class SimStore final : public StateStore {
 public:
  Result<std::optional<DurableState>> load() override { return kept_; }
  Result<void> save(const DurableState& state) override {
    if (full_) return failure("no space left on device");
    kept_ = state;
    return {};
  }
  void fill(bool full) { full_ = full; }

 private:
  std::optional<DurableState> kept_;
  bool full_ = false;
};

}  // namespace holdfast::sim
