// Keeps on disk what must outlast this life (E2), coalesced: at most one write in 100 ms, so that a failover does not
// wait for the disk at every step.
#pragma once

#include <functional>
#include <memory>

#include "ports/clock.h"
#include "ports/state_store.h"
#include "runtime/lines.h"

namespace holdfast::runtime {

class Durable {
 public:
  Durable(Clock& clock, StateStore& store, Lines& lines) : clock_(clock), store_(store), lines_(lines) {}

  /// What the last life left; a damaged file is told and counts as nothing.
  DurableState load();
  /// At once. An error is told once, until a write succeeds again.
  void save(const DurableState& state);
  /// The same, but nothing is written if it equals what was written last; true if it was written.
  bool save_changed(const DurableState& state);
  /// `keep` is called soon, once for all calls until then.
  void mark(std::function<void()> keep);

 private:
  Clock& clock_;
  StateStore& store_;
  Lines& lines_;
  DurableState last_;
  bool failing_ = false;
  std::unique_ptr<Timer> due_;
};

}  // namespace holdfast::runtime
