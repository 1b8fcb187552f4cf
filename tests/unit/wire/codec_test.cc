// The bytes themselves, and what is refused.
#include "wire/codec.h"

#include <gtest/gtest.h>

#include "wire/reader.h"
#include "wire/writer.h"

namespace holdfast::wire {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

struct Inner {
  std::int64_t a = 5;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "a", self.a);
  }
  bool operator==(const Inner&) const = default;
};

struct Outer {
  std::string text;
  Inner inner;
  std::vector<std::uint32_t> numbers;
  std::map<ResourceName, Inner> map;
  std::optional<NodeId> node;
  ResourceState state = ResourceState::unknown;
  Digest digest;
  Millis delay{3};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(2, "text", self.text);
    visit(3, "inner", self.inner);
    visit(4, "numbers", self.numbers);
    visit(5, "map", self.map);
    visit(6, "node", self.node);
    visit(7, "state", self.state);
    visit(8, "digest", self.digest);
    visit(16, "delay", self.delay);
  }
  bool operator==(const Outer&) const = default;
};

std::string error_of(const std::string& input) {
  const Result<Outer> read = decode_described<Outer>(input);
  return read ? "" : read.error().text;
}

// The examples of protobuf's own page on its encoding: varint 150, text "testing", nested message, packed by tags.
TEST(WireFormat, IsProtobufs) {
  EXPECT_EQ(encode_described(Inner{150}), bytes({0x08, 0x96, 0x01}));
  EXPECT_EQ(encode_described(Inner{-2}), bytes({0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
  Outer outer;
  outer.text = "testing";
  outer.inner.a = 150;
  outer.numbers = {1, 300};
  outer.map[ResourceName{"k"}] = Inner{1};
  outer.node = NodeId{9};
  outer.state = ResourceState::in_service;
  outer.digest.value = 0x0102030405060708;
  outer.delay = Millis{1};
  EXPECT_EQ(encode_described(outer),
            bytes({0x12, 7, 't', 'e', 's', 't', 'i', 'n', 'g'}) + bytes({0x1a, 3, 0x08, 0x96, 0x01}) +
                bytes({0x20, 1, 0x20, 0xac, 0x02}) + bytes({0x2a, 7, 0x0a, 1, 'k', 0x12, 2, 0x08, 1}) +
                bytes({0x30, 9}) + bytes({0x38, 3}) + bytes({0x41, 8, 7, 6, 5, 4, 3, 2, 1}) + bytes({0x80, 0x01, 1}));
  EXPECT_EQ(decode_described<Outer>(encode_described(outer)), outer);
}

TEST(WireFormat, NothingIsADefaultValue) { EXPECT_EQ(decode_described<Outer>(""), Outer{}); }

// A value that equals zero where the default is another must not be lost.
TEST(WireFormat, ZeroIsWrittenToo) { EXPECT_EQ(decode_described<Inner>(encode_described(Inner{0})), Inner{0}); }

TEST(WireFormat, TheLastOfARepeatedFieldCounts) {
  EXPECT_EQ(decode_described<Inner>(bytes({0x08, 1, 0x08, 2})), Inner{2});
  const Result<Outer> read = decode_described<Outer>(bytes({0x2a, 7, 0x0a, 1, 'k', 0x12, 2, 0x08, 1}) +
                                                     bytes({0x2a, 7, 0x0a, 1, 'k', 0x12, 2, 0x08, 9}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->map.at(ResourceName{"k"}), Inner{9});
}

TEST(HostileBytes, AreAnErrorThatNamesTheField) {
  EXPECT_EQ(error_of(bytes({0x12, 9, 'a'})), "text: a length beyond the end");
  EXPECT_EQ(error_of(bytes({0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})),
            "text: a length beyond the end");
  EXPECT_EQ(error_of(bytes({0x10, 9})), "text: a text was expected");
  EXPECT_EQ(error_of(bytes({0x1a, 1, 0x08})), "inner.a: ends within a number");
  EXPECT_EQ(error_of(bytes({0x1a, 0x80})), "inner: ends within a length");
  EXPECT_EQ(error_of(bytes({0x30, 0x80, 0x80, 0x80, 0x80, 0x10})), "node: out of range");
  EXPECT_EQ(error_of(bytes({0x41, 1, 2})), "digest: ends within eight bytes");
  EXPECT_EQ(error_of(bytes({0x2a, 4, 0x12, 2, 0x0a, 0})), "map.a: a number was expected");
  EXPECT_EQ(error_of(bytes({0x00, 0x01})), "ends within a field, or has a field number 0");
  EXPECT_EQ(error_of(bytes({0x05})), "field number 0");
  EXPECT_EQ(error_of(bytes({0x7b, 0x7c})), "an unknown kind of field");  // group 15
  EXPECT_EQ(error_of(bytes({0x7a, 0x05})), "a length beyond the end");
  EXPECT_EQ(error_of(bytes({0x78})), "ends within an unknown field");
  EXPECT_EQ(error_of(bytes({0x80})), "ends within a field, or has a field number 0");
}

TEST(HostileBytes, UnknownFieldsOfEveryKindAreSkipped) {
  const std::string unknown = bytes({0x78, 0x96, 0x01}) + bytes({0x79, 1, 2, 3, 4, 5, 6, 7, 8}) +
                              bytes({0x7d, 1, 2, 3, 4}) + bytes({0x7a, 2, 0xff, 0xff});
  EXPECT_EQ(decode_described<Inner>(unknown + bytes({0x08, 3}) + unknown), Inner{3});
}

// A newer version's words (docs/decisions/0002): what only tells something counts as not told.
TEST(NewerValues, OfAnEnumThatTellsAreAsIfTheyWereMissing) {
  EXPECT_EQ(decode_described<Outer>(bytes({0x38, 7})), Outer{});
  EXPECT_EQ(decode_described<Outer>(bytes({0x38, 0x83, 0x02})), Outer{}) << "259 is not 3";
}

struct Orders {
  TimerKind timer = TimerKind::startup_wait;
  std::vector<Request> list;
  std::map<ResourceName, Request> map;
  std::optional<Request> maybe;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "timer", self.timer);
    visit(2, "list", self.list);
    visit(3, "map", self.map);
    visit(4, "maybe", self.maybe);
  }
  bool operator==(const Orders&) const = default;
};

Request request_named(const char* resource) {
  Request request;
  request.resource = ResourceName{resource};
  return request;
}

/// The bytes of a request of a kind that only a newer version knows.
std::string newer_request(const char* resource) {
  Request request = request_named(resource);
  request.kind = static_cast<RequestKind>(120);
  return encode_described(request);
}

std::string field_of(int number, const std::string& content) {
  return bytes({number << 3 | 2, static_cast<int>(content.size())}) + content;
}

// What says what to do is never guessed.
TEST(NewerValues, OfAnOrderLeaveOutTheSmallestThingAroundThem) {
  const std::string known = encode_described(request_named("b"));
  const auto read = decode_described<Orders>(
      field_of(2, newer_request("a")) + field_of(2, known) + field_of(2, newer_request("c")) +
      field_of(3, bytes({0x0a, 1, 'x'}) + field_of(2, newer_request("a"))) +
      field_of(3, bytes({0x0a, 1, 'y'}) + field_of(2, known)) + field_of(4, newer_request("a")));
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->list, std::vector<Request>{request_named("b")});
  EXPECT_EQ(read->map.size(), 1u);
  EXPECT_TRUE(read->map.contains(ResourceName{"y"}));
  EXPECT_FALSE(read->maybe);
}

TEST(NewerValues, OfAnOrderThatNothingCanDoWithoutAreOneClearError) {
  const auto read = decode_described<Orders>(bytes({0x08, 0x7f}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, "timer: a value that is not known here");
  const Result<Event> event = decode_event(field_of(5, field_of(1, newer_request("a"))));
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().text, "not an event: kind: a value that is not known here");
}

TEST(HostileBytes, AKindOfEventThatIsNotKnownIsAnError) {
  const Result<Event> newer = decode_event(bytes({0x7a, 0}));
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().text, "not an event: none of the kinds known here");
  EXPECT_FALSE(decode_event(""));
}

// Two bytes each for elements that need more than a hundred in memory: 16 MiB of them would be gigabytes.
TEST(HostileBytes, FewBytesDoNotBecomeMuchMemory) {
  std::string many;
  for (std::size_t i = 0; i < max_bytes / 2; ++i) many += bytes({0x22, 0});
  const Result<DurableState> read = decode_durable(many);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, "not a node's state: others: too many elements");
  EXPECT_FALSE(decode_durable(many + "  "));  // more than 16 MiB
}

}  // namespace
}  // namespace holdfast::wire
