#include "model/text.h"

#include <gtest/gtest.h>

#include "wire/message.h"

namespace holdfast {
namespace {

struct Small {
  ResourceState state = ResourceState::in_service;
  std::optional<Version> version;
  bool known = false;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "state", self.state);
    visit(2, "version", self.version);
    visit(3, "known", self.known);
  }
};

TEST(Text, OfFields) {
  EXPECT_EQ(text_of(Small{}), "{state: in-service, version: none, known: no}");
  EXPECT_EQ(text_of(Small{ResourceState::failed, Version{4, NodeId{1}}, true}),
            "{state: failed, version: {counter: 4, writer: 1}, known: yes}");
}

TEST(Text, OfTextsThatAreNotPlain) {
  EXPECT_EQ(text_of(std::string("say \"no\"\n\x01\\")), "\"say \\\"no\\\"\\n\\u0001\\\\\"");
}

TEST(Text, OfListsMapsAndVariants) {
  EXPECT_EQ(text_of(std::set<NodeId>{NodeId{3}, NodeId{1}}), "[1, 3]");
  EXPECT_EQ(
      text_of(std::map<ResourceName, Millis>{{ResourceName{"web ip"}, Millis{250}}, {ResourceName{"db"}, Millis{-1}}}),
      "{db: -1ms, \"web ip\": 250ms}");
  EXPECT_EQ(text_of(Event{TimerFired{{TimerKind::daemon_grace, NodeId{2}}}}),
            "timer-fired {timer: {kind: daemon-grace, node: 2, resource: \"\"}}");
  EXPECT_EQ(text_of(wire::Payload{wire::Goodbye{}}), "goodbye {}");
  EXPECT_EQ(text_of(Digest{0xabc}), "0000000000000abc");
}

TEST(Names, GoBothWays) {
  EXPECT_EQ(name_of(Standing::member), "online");
  EXPECT_EQ(value_named<ResourceState>("out-of-service"), ResourceState::out_of_service);
  EXPECT_EQ(value_named<ResourceState>("asleep"), std::nullopt);
  EXPECT_EQ(name_of(static_cast<ResourceState>(99)), "?");
}

}  // namespace
}  // namespace holdfast
