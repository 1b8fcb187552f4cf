// The marks that nodes leave on shared storage, and what they say (G1, `storage`). Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "ports/witness.h"

namespace holdfast::witness {

/// One node's mark. Another counter or life means that the node has lived since.
struct Mark {
  std::string cluster;
  NodeId node;
  std::uint64_t life = 0;  ///< of the daemon that writes it
  std::uint64_t counter = 0;
  bool operator==(const Mark&) const = default;
};

/// Node n's mark stands at n * slot_size: the first slot stays free, so that a disk's label is not harmed.
inline constexpr std::size_t slot_size = 4096;

/// A slot's bytes, `slot_size` of them: one line of text with a checksum, then zeros.
std::string encode_mark(const Mark& mark);

enum class SlotContent : std::uint8_t { empty, mark, broken, foreign };
struct Slot {
  SlotContent content = SlotContent::empty;
  Mark mark = {};
};
/// Any bytes are safe (E3). `broken`: a mark whose checksum is wrong, as it is while it is being written. `foreign`:
/// something else stands there.
Slot decode_mark(std::string_view bytes);

/// What one node concludes from looking again and again. Never compares clocks of two machines: a mark is fresh as long
/// as it keeps changing by the reader's own clock.
class MarkBoard {
 public:
  /// A mark older than `limit` is dead.
  MarkBoard(std::string cluster, NodeId self, Millis limit)
      : cluster_(std::move(cluster)), self_(self), limit_(limit) {}

  /// What was read of one node's slot at `now`.
  void saw(NodeId node, const Slot& slot, Instant now);
  /// Says which of `members` leave no fresh mark although they are heard: the storage is not shared with them, and
  /// their marks prove nothing until they change.
  std::vector<NodeId> not_shared(const std::vector<NodeId>& members, Instant now);
  /// Nodes that live as far as the storage can tell: a fresh mark; or no mark that could prove that they are dead.
  std::set<NodeId> maybe_alive(const std::set<NodeId>& nodes, Instant now) const;

 private:
  struct Seen {
    std::optional<Mark> mark;
    Instant changed;  ///< when the mark was first seen like this
    bool distrusted = false;
  };
  bool fresh(const Seen& seen, Instant now) const;

  std::string cluster_;
  NodeId self_;
  Millis limit_;
  std::map<NodeId, Seen> seen_;
};

}  // namespace holdfast::witness
