// What stands in a datagram of the side channel.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "model/described.h"

namespace holdfast::sidechannel {

/// A node's note on its way, maybe through others. Newer if (started, sequence) is greater.
struct CarriedNote {
  NodeId node;
  std::uint64_t started = 0;   ///< of its daemon, in microseconds of its wall clock
  std::uint64_t sequence = 0;  ///< grows all the time: a sign of life, too
  std::string note;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "started", self.started);
    visit(3, "sequence", self.sequence);
    visit(4, "note", self.note);
  }
  bool operator==(const CarriedNote&) const = default;
};

struct Probe {
  NodeId to;
  LinkIndex link;
  std::uint64_t sent = 0;  ///< by the sender's steady clock, in microseconds
  std::uint64_t echo = 0;  ///< `sent` of the newest probe of the receiver that came over this link; 0: none yet
  std::vector<CarriedNote> notes;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "to", self.to);
    visit(2, "link", self.link);
    visit(3, "sent", self.sent);
    visit(4, "echo", self.echo);
    visit(5, "notes", self.notes);
  }
  bool operator==(const Probe&) const = default;
};

inline constexpr std::size_t max_note = 512;
inline constexpr std::size_t max_carried = 32;

std::string encode(const Probe& probe);
/// Any bytes (E3). The error says what is wrong.
Result<Probe> decode_probe(std::string_view bytes);

}  // namespace holdfast::sidechannel
