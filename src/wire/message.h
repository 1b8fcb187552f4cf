// What daemons say to each other, as plain values; the codec turns them into bytes and back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "model/names.h"
#include "wire/versions.h"

namespace holdfast::wire {

struct SyncMember {
  NodeId node;
  std::uint32_t process = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "process", self.process);
  }
  auto operator<=>(const SyncMember&) const = default;
};

/// The lowest member names a new epoch after every change of the member list. Counts only where `members` equals the
/// receiver's own list.
struct SyncStart {
  std::vector<SyncMember> members;
  std::vector<AbsentNode> absent;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "members", self.members);
    visit(2, "absent", self.absent);
  }
  bool operator==(const SyncStart&) const = default;
};

/// Every member's answer to SyncStart: what it knows.
struct State {
  MemberReport report;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "report", self.report);
  }
  bool operator==(const State&) const = default;
};

/// The leader closes a sync without these members: they did not answer in time. Not failed, but set aside.
struct SyncExclude {
  std::vector<NodeId> nodes;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "nodes", self.nodes);
  }
  bool operator==(const SyncExclude&) const = default;
};

/// A member that was set aside, or that lost track, asks for a new sync.
struct SyncWanted {
  std::string why;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "why", self.why);
  }
  bool operator==(const SyncWanted&) const = default;
};

/// An event for the core of every member (never a ViewSynced).
struct Apply {
  Event event;
  WallTime at = {};  ///< cluster time of the sender

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "event", self.event);
    visit(2, "at", self.at);
  }
  bool operator==(const Apply&) const = default;
};

/// Every second: my loop lives.
struct Alive {
  std::uint64_t lag_micros = 0;  ///< how late the sender's loop ran at worst since the last one
  bool verify = false;           ///< leader: all answer with the digest of their state at this position

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "lag_micros", self.lag_micros);
    visit(2, "verify", self.verify);
  }
  bool operator==(const Alive&) const = default;
};

/// The sender's state at the position of the leader's message with sequence `position`.
struct VerifyDigest {
  std::uint64_t position = 0;
  Digest digest;
  std::uint32_t level = 1;  ///< the sender's own feature level: builds of different levels may know different fields

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "position", self.position);
    visit(2, "digest", self.digest);
    visit(3, "level", self.level);
  }
  bool operator==(const VerifyDigest&) const = default;
};

/// The sender leaves in order (N5).
struct Goodbye {
  template <class Self, class Visit>
  static void fields(Self&, Visit&&) {}
  bool operator==(const Goodbye&) const = default;
};

/// Feature level 2: who has applied all that came before this says so (trap 3: that a sender got its own message back
/// does not prove that anybody else has it).
struct Confirm {
  std::uint64_t number = 0;  ///< of the sender's questions in this life

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "number", self.number);
  }
  bool operator==(const Confirm&) const = default;
};

struct Confirmed {
  NodeId asker;
  std::uint64_t number = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "asker", self.asker);
    visit(2, "number", self.number);
  }
  bool operator==(const Confirmed&) const = default;
};

/// To members of a sync whose configuration is an older one, or that of another side of a split (B8): take this one;
/// the sync begins anew then.
struct ConfigOffer {
  ConfigStamp stamp;
  ClusterConfig config;
  std::string text;  ///< of the file

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "stamp", self.stamp);
    visit(2, "config", self.config);
    visit(3, "text", self.text);
  }
  bool operator==(const ConfigOffer&) const = default;
};

/// New kinds come at the end, and are sent only in a view whose feature level has them, or marked as optional.
using Payload = std::variant<SyncStart, State, SyncExclude, SyncWanted, Apply, Alive, VerifyDigest, Goodbye, Confirm,
                             Confirmed, ConfigOffer>;

/// Whether who does not know such a message may pass over it.
enum class Weight : std::uint8_t { binding, optional };
Weight weight_of(const Payload& payload);

/// Who sent it, and in which view. Everything but the sync's own messages counts only if `epoch` is the receiver's.
struct Message {
  NodeId sender;
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;  ///< of the sender's messages in this life, from 1
  Epoch epoch;
  Payload payload;
  bool operator==(const Message&) const = default;
};

/// How a message is written: in a version that its readers can read, by somebody who speaks these.
struct Writing {
  std::uint16_t version = built_speech.protocol.highest;
  VersionRange speaks = built_speech.protocol;
};

/// Bytes of at most `limit` (64 or more) each; a big message comes in several pieces. Each piece has magic, version,
/// sender, incarnation, sequence, piece number and count, and a checksum (piece.h). Empty if the message is beyond
/// what an Assembler takes (limits.h: 16 MiB, 4096 pieces).
std::vector<std::string> encode(const Message& message, std::size_t limit = 48 * 1024, Writing writing = {});

/// What every version can tell of a piece. None if the bytes are none of Holdfast's.
struct Envelope {
  std::uint16_t version = 0;
  VersionRange speaks;  ///< of the sender
};
std::optional<Envelope> envelope_of(std::string_view piece);

/// Puts pieces together, per sender. A hostile or broken piece is an error and changes nothing else (E3). A sender's
/// pieces come in the order in which they were sent; a half message gives way to the sender's next one. At most 16 MiB
/// are held per sender.
class Assembler {
 public:
  /// `readable`: protocol versions that it reads; a piece of another one is an error.
  explicit Assembler(VersionRange readable = built_speech.protocol);
  ~Assembler();
  Assembler(Assembler&&) noexcept;
  Assembler& operator=(Assembler&&) noexcept;
  /// A whole message, or nothing (yet, or ever: it is optional and of a kind that is not known here), or what is wrong
  /// with the piece.
  Result<std::optional<Message>> add(std::string_view piece);
  /// Forgets half messages of this sender (it left).
  void forget(NodeId sender);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace holdfast::wire

namespace holdfast {

template <>
struct AlternativeNames<wire::Payload> {
  static constexpr auto names =
      names_detail::words("sync-start", "state", "sync-exclude", "sync-wanted", "apply", "alive", "verify-digest",
                          "goodbye", "confirm", "confirmed", "config-offer");
};

}  // namespace holdfast
