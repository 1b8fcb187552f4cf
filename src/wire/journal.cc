#include "wire/journal.h"

#include <google/protobuf/io/coded_stream.h>

#include "wire/codec.h"
#include "wire/crc32c.h"
#include "wire/journal_layout.h"
#include "wire/veil.h"
#include "wire/writer.h"

namespace holdfast::wire {

namespace {

/// A step with an event that stands elsewhere.
struct StepAround {
  const JournalStep& step;
  const Event& event;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "position", self.step.position);
    visit(2, "sender", self.step.sender);
    visit(3, "at", self.step.at);
    visit(4, "wall", self.step.wall);
    visit(5, "event", self.event);
    visit(6, "outcome", self.step.outcome);
    visit(7, "state", self.step.state);
  }
};

struct SnapshotAround {
  const JournalSnapshot& snapshot;
  const Digest digest;
  const ClusterConfig& config;
  const ClusterState& state;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "position", self.snapshot.position);
    visit(2, "wall", self.snapshot.wall);
    visit(3, "incarnation", self.snapshot.incarnation);
    visit(4, "replaced", self.snapshot.replaced);
    visit(5, "lost", self.snapshot.lost);
    visit(6, "digest", self.digest);
    visit(7, "config", self.config);
    visit(8, "state", self.state);
  }
};

/// As JournalRecord is written: the kind is the field's number.
template <int kind, class Held>
struct RecordAround {
  const Held& held;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(kind, "record", self.held);
  }
};

template <int kind, class Held>
std::string encode_record(const Held& held) {
  return encode_described(RecordAround<kind, Held>{held});
}

void put32(std::string& bytes, std::size_t at, std::uint32_t value) {
  google::protobuf::io::CodedOutputStream::WriteLittleEndian32ToArray(
      value, reinterpret_cast<std::uint8_t*>(bytes.data()) + at);
}

}  // namespace

std::uint64_t digest_stride(const ClusterConfig& config) {
  constexpr std::size_t facts_at_once = 256;
  return 1 + config.nodes.size() * config.resources.size() / facts_at_once;
}

std::string encode_step(const JournalStep& step) { return encode_step(step, step.event); }

std::string encode_step(const JournalStep& step, const Event& event) {
  const std::optional<Event> without = veiled(event);
  return encode_record<2>(StepAround{step, without ? *without : event});
}

std::string encode_snapshot(const JournalSnapshot& snapshot, const ClusterState& state) {
  ClusterConfig config = *state.config;
  veil(config);
  const std::optional<ClusterState> without = veiled(state);
  const ClusterState& shown = without ? *without : state;
  return encode_record<1>(SnapshotAround{snapshot, digest_of(shown), config, shown});
}

std::string journal_header(const JournalHead& head) {
  std::string bytes = encode_described(head, journal_layout::head);
  const std::string_view content = std::string_view(bytes).substr(journal_layout::head);
  bytes.replace(0, journal_layout::magic.size(), journal_layout::magic);
  put32(bytes, 8, journal_format);
  put32(bytes, 12, static_cast<std::uint32_t>(content.size()));
  put32(bytes, 16, crc32c(content));
  return bytes;
}

std::string journal_record(std::uint64_t number, std::string_view content) {
  std::string bytes(journal_layout::record, '\0');
  bytes.append(content);
  put32(bytes, 0, static_cast<std::uint32_t>(content.size()));
  put32(bytes, 4, static_cast<std::uint32_t>(number));
  put32(bytes, 8, static_cast<std::uint32_t>(number >> 32));
  put32(bytes, 12, crc32c(content));
  put32(bytes, 16, crc32c(std::string_view(bytes).substr(0, 16)));
  return bytes;
}

}  // namespace holdfast::wire
