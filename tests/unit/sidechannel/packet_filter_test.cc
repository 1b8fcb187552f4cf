// The real nft and the real kernel, in a namespace of its own.
#include "adapters/sidechannel/packet_filter.h"

#include <gmock/gmock.h>
#include <poll.h>

#include "namespace.h"

namespace holdfast::sidechannel {
namespace {

using testing::HasSubstr;
using testing::Not;

ClusterConfig three() {
  ClusterConfig config;
  config.nodes = {{NodeId{1}, "alpha", {"10.77.1.1", "fd00:77::1"}},
                  {NodeId{2}, "beta", {"10.77.1.2", "fd00:77::2"}},
                  {NodeId{3}, "gamma", {"10.77.1.3", "fd00:77::3"}}};
  return config;
}

TEST(FilterRules, NobodyOutIsNoTable) {
  EXPECT_EQ(filter_rules(three(), {}), "table inet holdfast\ndelete table inet holdfast\n");
}

TEST(FilterRules, OnlyTheEnginesPortsOfBothFamilies) {
  const std::string rules = filter_rules(three(), {NodeId{3}});
  EXPECT_THAT(rules, HasSubstr("ip saddr 10.77.1.3 udp dport 5405-5406 drop"));
  EXPECT_THAT(rules, HasSubstr("ip6 daddr fd00:77::3 udp dport 5405-5406 drop"));
  EXPECT_THAT(rules, Not(HasSubstr("10.77.1.2")));
}

class Filter : public InNamespace {
 protected:
  /// Until nothing is under way.
  static Result<void> settle(PacketFilter& filter) {
    Result<void> last = filter.step(Instant{1});
    while (last && filter.descriptor() >= 0) {
      pollfd file{filter.descriptor(), POLLIN, 0};
      EXPECT_EQ(poll(&file, 1, 5'000), 1);
      last = filter.step(Instant{1});
    }
    return last;
  }
  ClusterConfig config_ = three();
};

TEST_F(Filter, ShutsOutAndLetsIn) {
  PacketFilter filter(config_, "/usr/sbin/nft");
  filter.set({NodeId{2}, NodeId{3}});
  ASSERT_TRUE(settle(filter));
  EXPECT_THAT(output_of("nft list ruleset"), HasSubstr("ip saddr 10.77.1.2 udp dport 5405-5406 drop"));
  filter.set({NodeId{3}});
  ASSERT_TRUE(settle(filter));
  EXPECT_THAT(output_of("nft list ruleset"), Not(HasSubstr("10.77.1.2")));
  EXPECT_THAT(output_of("nft list ruleset"), HasSubstr("ip6 saddr fd00:77::3"));
  filter.set({});
  ASSERT_TRUE(settle(filter));
  EXPECT_EQ(output_of("nft list ruleset"), "");
}

TEST_F(Filter, RemovesItsTableAtTheEnd) {
  output_of("nft add table inet another");
  {
    PacketFilter filter(config_, "/usr/sbin/nft");
    filter.set({NodeId{3}});
    ASSERT_TRUE(settle(filter));
  }
  EXPECT_EQ(output_of("nft list tables"), "table inet another\n");
}

TEST_F(Filter, RemovesWhatAKilledDaemonLeft) {
  output_of("nft add table inet holdfast");
  output_of("nft add chain inet holdfast in '{ type filter hook input priority -200; }'");
  PacketFilter filter(config_, "/usr/sbin/nft");
  ASSERT_TRUE(settle(filter));
  EXPECT_EQ(output_of("nft list ruleset"), "");
}

TEST_F(Filter, AFailureIsToldAndTriedAgain) {
  PacketFilter filter(config_, "/usr/bin/false");
  filter.set({NodeId{3}});
  EXPECT_FALSE(settle(filter));
  ASSERT_TRUE(filter.next_try());
  EXPECT_TRUE(filter.step(Instant{2}));  // not yet
  EXPECT_LT(filter.descriptor(), 0);
  EXPECT_TRUE(filter.step(*filter.next_try()));
  EXPECT_GE(filter.descriptor(), 0);
}

TEST_F(Filter, NoProgramIsAnError) {
  PacketFilter filter(config_, "/nowhere/nft");
  const Result<void> stepped = filter.step(Instant{1});
  ASSERT_FALSE(stepped);
  EXPECT_THAT(stepped.error().text, HasSubstr("/nowhere/nft cannot be run: No such file"));
}

}  // namespace
}  // namespace holdfast::sidechannel
