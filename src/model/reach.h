// What a node tells of its reach beside the engine, for the connectivity guard (L9).
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "model/described.h"

namespace holdfast {

/// The UDP port beside the engine's, which is `port` of the configuration.
constexpr std::uint32_t side_channel_port(std::uint32_t port) { return port + 8; }

/// One link to one peer.
struct ReachPath {
  NodeId peer;
  LinkIndex link;
  auto operator<=>(const ReachPath&) const = default;
};

struct ReachNote {
  std::vector<NodeId> answering;  ///< ascending; peers that answer it directly, over at least one link
  std::vector<NodeId> ring;       ///< ascending; the nodes of its engine's view, itself included
  bool delivers = false;          ///< its engine has delivered a message lately
  std::vector<NodeId> group;      ///< while it shuts others out: whom it stays with, itself included; else empty
  bool ready = true;              ///< nothing that it shuts out has to wait longer before it is let in again
  std::vector<NodeId> unclear;    ///< ascending; peers that do not answer, though its engine still calls a link up

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "answering", self.answering);
    visit(2, "ring", self.ring);
    visit(3, "delivers", self.delivers);
    visit(4, "group", self.group);
    visit(5, "ready", self.ready);
    visit(6, "unclear", self.unclear);
  }
  bool operator==(const ReachNote&) const = default;
};

}  // namespace holdfast
