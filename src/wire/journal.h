// A node's journal: every event that its core took in, with digests of what came of it, so that the same build can
// play it again and compare (law 1). In segments, each readable by itself. A segment is a header and records,
// little-endian:
//
//   0  magic     8 bytes "HFSTJRNL"             0  length    4  of the content
//   8  format    4                              4  number    8  of the record in its segment, from 1
//  12  length    4  of the content             12  checksum  4  crc32c of the content
//  16  checksum  4  crc32c of the content      16  check     4  crc32c of the 16 bytes before
//  20  content      JournalHead                20  content      JournalRecord
//
// The first record is a snapshot. One comes again wherever the state is replaced by something else than an event, and
// after a gap: records that the disk did not take. Passwords of fence agents are not in it (veil.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "model/state.h"

namespace holdfast::wire {

inline constexpr std::uint32_t journal_format = 1;

/// Who wrote a segment. Readable in all later formats.
struct JournalHead {
  NodeId node;
  std::string name;     ///< of the node
  std::string cluster;  ///< its name
  std::string software;
  std::uint32_t feature_level = 1;  ///< the highest that the build knows
  std::string boot;                 ///< of the machine
  std::uint64_t segment = 0;        ///< of this node, ascending over its lives
  WallTime begun;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "name", self.name);
    visit(3, "cluster", self.cluster);
    visit(4, "software", self.software);
    visit(5, "feature_level", self.feature_level);
    visit(6, "boot", self.boot);
    visit(7, "segment", self.segment);
    visit(8, "begun", self.begun);
  }
  bool operator==(const JournalHead&) const = default;
};

/// The n-th event of an epoch, the same one on all its members; 0 is the view itself.
struct JournalPosition {
  Epoch epoch;
  std::uint64_t number = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "epoch", self.epoch);
    visit(2, "number", self.number);
  }
  auto operator<=>(const JournalPosition&) const = default;
};

/// The whole state after the event at `position` (at the begin of a life: after none).
struct JournalSnapshot {
  JournalPosition position;
  WallTime wall;                  ///< of this node
  std::uint64_t incarnation = 0;  ///< of the daemon
  bool replaced = false;          ///< it does not follow from the events before: a life begins, or B8
  std::uint64_t lost = 0;         ///< records that this life could not write just before
  Digest digest;                  ///< of `state`
  ClusterConfig config;
  ClusterState state;  ///< its pointers are not written; they follow from `config`

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "position", self.position);
    visit(2, "wall", self.wall);
    visit(3, "incarnation", self.incarnation);
    visit(4, "replaced", self.replaced);
    visit(5, "lost", self.lost);
    visit(6, "digest", self.digest);
    visit(7, "config", self.config);
    visit(8, "state", self.state);
  }
  bool operator==(const JournalSnapshot&) const = default;
};

/// One event as `core::step` got it, and what came of it.
struct JournalStep {
  JournalPosition position;
  NodeId sender;  ///< of a view: who led the sync
  WallTime at;    ///< cluster time of the sender
  WallTime wall;  ///< of this node, when it took the event in
  Event event;
  Digest outcome;
  std::optional<Digest> state;  ///< not at every position, if the cluster is big: digest_stride()

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "position", self.position);
    visit(2, "sender", self.sender);
    visit(3, "at", self.at);
    visit(4, "wall", self.wall);
    visit(5, "event", self.event);
    visit(6, "outcome", self.outcome);
    visit(7, "state", self.state);
  }
  bool operator==(const JournalStep&) const = default;
};

using JournalRecord = std::variant<JournalSnapshot, JournalStep>;

/// Every how many positions a step has a digest of the whole state: the digest of a big one takes longer than the step.
/// The same on all nodes.
std::uint64_t digest_stride(const ClusterConfig& config);

/// Of actions and decisions. A new configuration counts by its stamp: its text is not in a journal.
Digest digest_of(const Outcome& outcome);
/// Of the state as it stands in a journal: the same as digest_of(state) but while a change of the configuration is
/// open, whose passwords are veiled.
Digest journal_digest(const ClusterState& state);

// Contents of records. What is secret is left out here.
std::string encode_step(const JournalStep& step);
/// `event` in place of step.event, which nobody needs to copy then.
std::string encode_step(const JournalStep& step, const Event& event);
/// The digest is made here; `config` and `state` of `snapshot` count for nothing.
std::string encode_snapshot(const JournalSnapshot& snapshot, const ClusterState& state);

// Bytes of a segment.
std::string journal_header(const JournalHead& head);
std::string journal_record(std::uint64_t number, std::string_view content);

enum class JournalFault : std::uint8_t {
  cut_off,        ///< it ends within its header: the machine lost power just then
  other_version,  ///< of its format
  damaged
};
struct JournalError {
  JournalFault fault = JournalFault::damaged;
  std::string text;  ///< one line
};

/// Only a build of the same feature level decides alike (docs/decisions/0002). The error is one line.
Result<void> can_replay(const JournalHead& head);

/// Reads one segment. Any bytes may come (E3).
class JournalReader {
 public:
  /// `bytes` must outlive it.
  static tl::expected<JournalReader, JournalError> open(std::string_view bytes);

  const JournalHead& head() const { return head_; }
  /// The next record; none at the end. A last record that is not whole counts as the end (power off). After an error
  /// nothing follows.
  Result<std::optional<JournalRecord>> next();
  /// At the end: bytes of a last record that is not whole.
  std::size_t cut_off() const { return cut_off_; }
  /// Records so far.
  std::uint64_t records() const { return number_; }

 private:
  explicit JournalReader(std::string_view bytes) : bytes_(bytes) {}
  Error damage(const std::string& what);
  bool may_be_torn(std::size_t whole) const;

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
  std::size_t cut_off_ = 0;
  bool over_ = false;
  JournalHead head_;
};

}  // namespace holdfast::wire
