// Plays one node's journal again: every event through core::step, from the last snapshot, and compares what came of it
// with what the journal says (law 1).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/state.h"
#include "wire/journal.h"

namespace holdfast::sim {

/// One event that was played again, as far as other nodes' journals must say the same.
struct ReplayedStep {
  wire::JournalPosition position;
  Digest event;  ///< with its sender and time
  Digest outcome;
  std::optional<Digest> state;
  WallTime wall;  ///< of the node that wrote it
};

struct Replayed {
  wire::JournalHead head;  ///< of its first segment
  std::size_t segments = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t lost = 0;  ///< events that the disk did not take
  Millis token{0};         ///< the greatest of its configurations: so long may a ring stand still before it ends
  std::vector<ReplayedStep> steps;
  std::vector<std::string> notes;         ///< gaps, a last record that is not whole
  std::optional<std::string> difference;  ///< the first, or damage; one line. Nothing behind it was played
};

class Replay {
 public:
  using Tell = std::function<void(const wire::JournalStep&, const Outcome&, const ClusterState&)>;

  /// `tell` hears of every event that was played, also of one that came out otherwise; may be empty.
  explicit Replay(Tell tell = {}) : tell_(std::move(tell)) {}

  /// One segment behind the other. `name` is for the words only.
  void play(const std::string& name, const wire::JournalHead& head, wire::JournalReader& reader);

  const Replayed& result() const { return result_; }

 private:
  void take(const wire::JournalSnapshot& snapshot);
  void take(const wire::JournalStep& step);
  void differ(const std::string& what);

  Tell tell_;
  Replayed result_;
  std::string at_;  ///< "FILE: record N"
  std::string software_;
  std::optional<ClusterState> state_;
  wire::JournalPosition position_;
};

/// "12 of epoch 1.1700000000.3".
std::string words_of(const wire::JournalPosition& position);

}  // namespace holdfast::sim
