#include "adapters/sidechannel/note_board.h"

#include <tuple>

namespace holdfast::sidechannel {

namespace {
constexpr std::size_t in_turn = 6;     ///< notes that are passed on in one round: 32 nodes take six rounds
constexpr Micros fresh = Millis{350};  ///< a changed note is passed on in every round for so long
/// A lost note is known again for so long. Longer than the others need to lose it, too; a node that comes back with
/// its clock set back is not heard before.
constexpr Micros remembered = Millis{10'000};
}  // namespace

NoteBoard::NoteBoard(NodeId self, std::uint64_t started, Micros silence) : self_(self), silence_(silence) {
  own_.node = self;
  own_.started = started;
}

std::vector<NoteBoard::News> NoteBoard::take(const std::vector<CarriedNote>& notes, Instant now) {
  std::vector<News> news;
  for (const CarriedNote& note : notes) {
    if (note.node == self_) continue;
    const auto found = known_.find(note.node);
    if (found == known_.end()) {
      known_[note.node] = {note, now, now};
      news.push_back({note.node, false, note.note});
      continue;
    }
    Known& known = found->second;
    if (std::tie(note.started, note.sequence) <= std::tie(known.newest.started, known.newest.sequence)) continue;
    const bool changed = known.lost || note.note != known.newest.note;
    known.newest = note;
    known.heard = now;
    known.lost = false;
    if (!changed) continue;
    known.changed = now;
    news.push_back({note.node, false, note.note});
  }
  return news;
}

std::vector<NoteBoard::News> NoteBoard::expire(Instant now) {
  std::vector<News> news;
  for (auto& [node, known] : known_) {
    if (known.lost || now - known.heard < silence_) continue;
    known.lost = true;
    news.push_back({node, true, {}});
  }
  std::erase_if(known_, [&](const auto& entry) {
    return entry.second.lost && now - entry.second.heard >= silence_ + remembered;
  });
  return news;
}

void NoteBoard::forgive(Micros time) {
  for (auto& [node, known] : known_) known.heard = known.heard + time;
}

std::vector<CarriedNote> NoteBoard::carried(Instant now) {
  ++own_.sequence;
  std::vector<CarriedNote> notes{own_};
  auto next = known_.upper_bound(turn_);
  for (std::size_t passed = 0, turns = 0; passed < known_.size(); ++passed, ++next) {
    if (next == known_.end()) next = known_.begin();
    if (next->second.lost) continue;
    const bool its_turn = turns < in_turn;
    if (!its_turn && now - next->second.changed >= fresh) continue;
    notes.push_back(next->second.newest);
    if (!its_turn) continue;
    turn_ = next->first;
    ++turns;
  }
  return notes;
}

}  // namespace holdfast::sidechannel
