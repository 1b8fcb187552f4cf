// What a node tells of its reach beside the engine, for the connectivity guard (L9).
#pragma once

#include <vector>

#include "base/ids.h"
#include "model/described.h"

namespace holdfast {

struct ReachNote {
  std::vector<NodeId> answering;  ///< ascending; peers that answer it directly, over at least one link
  std::vector<NodeId> ring;       ///< ascending; the nodes of its engine's view, itself included
  bool delivers = false;          ///< its engine has delivered a message lately
  std::vector<NodeId> group;      ///< while it shuts others out: whom it stays with, itself included; else empty
  bool ready = true;              ///< nothing that it shuts out has to wait longer before it is let in again

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "answering", self.answering);
    visit(2, "ring", self.ring);
    visit(3, "delivers", self.delivers);
    visit(4, "group", self.group);
    visit(5, "ready", self.ready);
  }
  bool operator==(const ReachNote&) const = default;
};

}  // namespace holdfast
