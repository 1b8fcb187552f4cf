// What holds for every value, and for any bytes.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "random_value.h"
#include "wire/codec.h"
#include "wire/message.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace holdfast::wire {
namespace {

RC_GTEST_PROP(EventCodec, AnEventComesBackAsItWas, ()) {
  const Event event = *random_value<Event>();
  const Result<Event> back = decode_event(encode_event(event));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == event);
}

RC_GTEST_PROP(DurableCodec, ANodesStateComesBackAsItWas, ()) {
  const DurableState state = *random_value<DurableState>();
  const Result<DurableState> back = decode_durable(encode_durable(state));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == state);
}

RC_GTEST_PROP(MessageCodec, AMessageComesBackAsItWasInPiecesOfAnySize, ()) {
  Message message;
  message.sender = NodeId{*rc::gen::inRange(1U, 33U)};
  message.incarnation = *rc::gen::arbitrary<std::uint64_t>();
  message.sequence = *rc::gen::arbitrary<std::uint64_t>();
  message.epoch = *random_value<Epoch>();
  message.payload = *random_value<Payload>();
  const auto limit = *rc::gen::inRange<std::size_t>(64, 2000);

  Assembler assembler;
  std::optional<Message> back;
  for (const std::string& piece : encode(message, limit)) {
    RC_ASSERT(piece.size() <= limit);
    RC_ASSERT(!back);
    Result<std::optional<Message>> added = assembler.add(piece);
    RC_ASSERT(added.has_value());
    back = std::move(*added);
  }
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == message);
}

// A truncated value is an error, or, where it ends between two fields, a value with defaults; under asan this also
// shows that nothing is read beyond the end.
RC_GTEST_PROP(EventCodec, TruncatedBytesAreNoDanger, ()) {
  const std::string bytes = encode_event(*random_value<Event>());
  const auto length = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const std::string cut(bytes.data(), length);
  const Result<Event> back = decode_event(cut);
  RC_ASSERT(!back.has_value());  // the event's one outer field has a length
  RC_ASSERT(!back.error().text.empty());
}

RC_GTEST_PROP(EventCodec, ChangedBytesAreNoDanger, ()) {
  std::string bytes = encode_event(*random_value<Event>());
  const int changes = *rc::gen::inRange(1, 8);
  for (int i = 0; i < changes; ++i)
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = static_cast<char>(*rc::gen::inRange(0, 256));
  const Result<Event> back = decode_event(bytes);
  if (back) RC_ASSERT(decode_event(encode_event(*back)) == *back);
}

struct OldStruct {
  std::uint32_t count = 7;
  std::string name = "none";
  std::vector<NodeId> nodes;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "count", self.count);
    visit(3, "name", self.name);
    visit(4, "nodes", self.nodes);
  }
  bool operator==(const OldStruct&) const = default;
};

/// The next version: new fields before, between and behind the old ones.
struct NewStruct {
  std::uint32_t count = 7;
  Intent extra;
  std::string name = "none";
  std::vector<NodeId> nodes;
  std::map<ResourceName, ResourceFact> more;
  Digest digest{42};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(2, "extra", self.extra);
    visit(6, "digest", self.digest);
    visit(1, "count", self.count);
    visit(3, "name", self.name);
    visit(5, "more", self.more);
    visit(4, "nodes", self.nodes);
  }
  bool operator==(const NewStruct&) const = default;
};

RC_GTEST_PROP(VersionSkew, AnOldReaderSkipsWhatItDoesNotKnow, ()) {
  const NewStruct written = *random_value<NewStruct>();
  const Result<OldStruct> read = decode_described<OldStruct>(encode_described(written));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == (OldStruct{written.count, written.name, written.nodes}));
}

RC_GTEST_PROP(VersionSkew, ANewReaderKeepsDefaultsForWhatIsMissing, ()) {
  const OldStruct written = *random_value<OldStruct>();
  const Result<NewStruct> read = decode_described<NewStruct>(encode_described(written));
  RC_ASSERT(read.has_value());
  NewStruct expected;
  expected.count = written.count;
  expected.name = written.name;
  expected.nodes = written.nodes;
  RC_ASSERT(*read == expected);
}

}  // namespace
}  // namespace holdfast::wire
