// Writes down every event that the core takes in, so that what happened can be played again (wire/journal.h). Never
// waits: what the disk does not take is a gap, told once, and a snapshot closes it as soon as the disk takes it. No
// decision and no failover depends on it.
#pragma once

#include "model/state.h"
#include "ports/clock.h"
#include "ports/journal_store.h"
#include "runtime/lines.h"
#include "wire/journal.h"

namespace holdfast::runtime {

class Journal {
 public:
  /// `store` may be null: no journal then. A segment gets no more records after `segment_bytes`.
  Journal(JournalStore* store, std::size_t segment_bytes, Clock& clock, Lines& lines)
      : store_(store), segment_bytes_(segment_bytes), clock_(clock), lines_(lines) {}

  /// The state was replaced by something else than an event.
  void state_was_replaced() { replaced_ = true; }
  /// Right before core::step(): a snapshot, where one is needed.
  void before_step(const ClusterState& state, std::uint64_t incarnation);
  /// Right after it: the event and what came of it. `sender` told the event, or led the sync of the view.
  void after_step(NodeId sender, const Event& event, WallTime at, const Outcome& outcome, const ClusterState& state);
  /// Looks after the disk; to be called several times a second.
  void look();

 private:
  bool in_trouble(const JournalStanding& standing) const { return begun_ > 0 && !standing.trouble.empty(); }
  void begin(const ClusterState& state, std::uint64_t incarnation);
  std::string snapshot(const ClusterState& state, std::uint64_t incarnation, std::uint64_t lost);

  JournalStore* store_;
  const std::size_t segment_bytes_;
  Clock& clock_;
  Lines& lines_;
  wire::JournalPosition position_;  ///< of the last event, written or not
  bool replaced_ = true;            ///< since the last snapshot
  bool writes_ = false;             ///< between before_step() and after_step()
  std::uint64_t begun_ = 0;         ///< segments
  std::size_t bytes_ = 0;           ///< handed over for the present segment
  std::uint64_t skipped_ = 0;       ///< events that were not handed over, in this life
  std::uint64_t told_lost_ = 0;     ///< by snapshots
  bool told_ = false;               ///< that there is a gap
  Instant tried_;
};

}  // namespace holdfast::runtime
