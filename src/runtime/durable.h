// Keeps on disk what must outlast this life (E2), coalesced: at most one write in 100 ms, so that a failover does not
// wait for the disk at every step. Nobody waits here: what must not happen before a record is durable is told, and
// called then.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "ports/clock.h"
#include "ports/state_store.h"
#include "runtime/lines.h"

namespace holdfast::runtime {

/// Whether the disk has taken what was handed over.
enum class Kept : std::uint8_t { yes, no };

class Durable {
 public:
  Durable(Clock& clock, StateStore& store, Lines& lines) : clock_(clock), store_(store), lines_(lines) {}

  /// What the last life left; a damaged file is told and counts as nothing.
  DurableState load();
  /// Begins to write, at once, unless it equals what was handed over last. An error is told once, and tried again every
  /// few seconds until a write succeeds; a write that takes long is told while it does (E4).
  void save(DurableState state);
  /// Calls once all that was handed over is on disk, or could not be written, or the disk has not answered for
  /// `limit`. At once if nothing is under way.
  void when_kept(Micros limit, std::function<void(Kept)> call);
  /// `keep` is called soon, once for all calls until then.
  void mark(std::function<void()> keep);

 private:
  struct Waiting {
    std::uint64_t write = 0;
    std::function<void(Kept)> call;
    std::unique_ptr<Timer> limit;
  };

  void write();
  void watch_disk();
  void written(std::uint64_t number, const Result<void>& result);
  void tell_result(const Result<void>& result);
  void serve(std::uint64_t up_to, Kept kept);

  Clock& clock_;
  StateStore& store_;
  Lines& lines_;
  DurableState last_;        ///< handed over, or loaded
  std::uint64_t begun_ = 0;  ///< writes handed over
  std::uint64_t ended_ = 0;  ///< writes that the store has answered
  Instant oldest_begun_;     ///< of the writes without an answer
  bool failing_ = false;
  bool slow_told_ = false;
  std::vector<std::unique_ptr<Waiting>> waiting_;
  std::unique_ptr<Timer> due_;
  std::unique_ptr<Timer> slow_;
  std::unique_ptr<Timer> retry_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< an answer may come to a node that is gone
};

}  // namespace holdfast::runtime
