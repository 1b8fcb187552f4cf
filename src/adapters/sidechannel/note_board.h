// The newest note of every node, as they come directly or through others, and what of them to pass on. Pure; one
// thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/sidechannel/probe.h"
#include "base/time.h"

namespace holdfast::sidechannel {

class NoteBoard {
 public:
  /// `started`: of this daemon, in microseconds of the wall clock: a later life's notes are newer. A node is lost
  /// when nothing new of it came for `silence`.
  NoteBoard(NodeId self, std::uint64_t started, Micros silence);

  void tell(std::string note) { own_.note = std::move(note); }

  struct News {
    NodeId node;
    bool lost = false;
    std::string note;
  };
  /// Takes what a probe carried. What it changes.
  std::vector<News> take(const std::vector<CarriedNote>& notes, Instant now);
  /// Who was lost meanwhile.
  std::vector<News> expire(Instant now);
  void forgive(Micros time);

  /// What the next round of probes carries: the own note, all that changed lately, and of the others some in turn.
  std::vector<CarriedNote> carried(Instant now);

 private:
  struct Known {
    CarriedNote newest;
    Instant heard;    ///< when its sequence grew last
    Instant changed;  ///< when its text changed last
    /// Told as lost. It is kept for a while, so that the same note, told back by one who has not lost it yet, is not
    /// taken for a new one: two nodes would keep a dead one's note alive between them for ever.
    bool lost = false;
  };
  NodeId self_;
  Micros silence_;
  CarriedNote own_;
  std::map<NodeId, Known> known_;
  NodeId turn_;  ///< who was passed on last
};

}  // namespace holdfast::sidechannel
