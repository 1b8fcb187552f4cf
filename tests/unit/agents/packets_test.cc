// The packets of kind `ip`, byte for byte as the RFCs draw them.
#include "agents/ip/packets.h"

#include <gtest/gtest.h>

namespace holdfast::agent {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr MacAddress own{2, 0, 0, 0, 0, 1};

TEST(Packets, ArpProbeComesFromNobody) {  // RFC 5227, 2.1.1
  const Packet packet = question(*parse_cidr("10.9.0.100/24"), own);
  EXPECT_EQ(packet.to, (MacAddress{255, 255, 255, 255, 255, 255}));
  EXPECT_EQ(packet.bytes,
            (Bytes{0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 9, 0, 100}));
}

TEST(Packets, ArpAnnouncementNamesUsTwice) {  // RFC 5227, 2.3
  const Packet packet = announcement(*parse_cidr("10.9.0.100/24"), own, ArpForm::request);
  EXPECT_EQ(packet.bytes,
            (Bytes{0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 9, 0, 100, 0, 0, 0, 0, 0, 0, 10, 9, 0, 100}));
  EXPECT_EQ(announcement(*parse_cidr("10.9.0.100/24"), own, ArpForm::reply).bytes[7], 2);
}

TEST(Packets, SolicitationGoesToTheSolicitedNodeGroup) {  // RFC 4861, 4.3; RFC 4862, 5.4.2
  const Packet packet = question(*parse_cidr("fd00:9::12:3456/64"), own);
  EXPECT_EQ(packet.to, (MacAddress{0x33, 0x33, 0xff, 0x12, 0x34, 0x56}));
  ASSERT_EQ(packet.bytes.size(), 64U);
  EXPECT_EQ(packet.bytes[7], 255) << "hop limit";
  EXPECT_EQ(Bytes(packet.bytes.begin() + 8, packet.bytes.begin() + 24), Bytes(16, 0)) << "from nobody";
  EXPECT_EQ(packet.bytes[40], 135);
}

TEST(Packets, WhoHoldsAnAddressAndWhoAsksForIt) {  // RFC 5227, 2.1.1
  const IpAddress four = *parse_cidr("10.9.0.100/24");
  const MacAddress other{2, 0, 0, 0, 0, 2};
  const auto claim = announcement(four, other, ArpForm::reply).bytes;
  EXPECT_EQ(rival_in(four, claim, MacAddress{}), (Rival{other, Claim::holds}));
  EXPECT_EQ(rival_in(four, question(four, other).bytes, MacAddress{}), (Rival{other, Claim::asks}));
  EXPECT_EQ(rival_in(*parse_cidr("10.9.0.101/24"), claim, MacAddress{}), std::nullopt);
  EXPECT_EQ(rival_in(*parse_cidr("10.9.0.101/24"), question(four, other).bytes, MacAddress{}), std::nullopt);
  EXPECT_EQ(rival_in(four, std::span(claim).first(27), other), std::nullopt) << "cut short";
  auto ordinary = question(four, other).bytes;
  ordinary[14] = 10;  // somebody with an address looks for the holder
  EXPECT_EQ(rival_in(four, ordinary, other), std::nullopt);
  auto reply = question(four, other).bytes;
  reply[7] = 2;
  EXPECT_EQ(rival_in(four, reply, other), std::nullopt) << "a reply asks nothing";
}

TEST(Packets, TheSameForIpv6) {  // RFC 4862, 5.4.3 and 5.4.4
  const MacAddress other{2, 0, 0, 0, 0, 2};
  const IpAddress six = *parse_cidr("fd00:9::100/64");
  const auto advertisement = announcement(six, other, ArpForm::reply).bytes;
  EXPECT_EQ(rival_in(six, advertisement, other), (Rival{other, Claim::holds}));
  EXPECT_EQ(rival_in(six, std::span(advertisement).first(63), other), std::nullopt);
  EXPECT_EQ(rival_in(six, question(six, other).bytes, other), (Rival{other, Claim::asks}));
  EXPECT_EQ(rival_in(six, question(*parse_cidr("fd00:9::101/64"), other).bytes, other), std::nullopt);
  auto ordinary = question(six, other).bytes;
  ordinary[8] = 0xfe;  // somebody with an address looks for the holder
  EXPECT_EQ(rival_in(six, ordinary, other), std::nullopt);
  EXPECT_EQ(rival_in(six, {}, other), std::nullopt);
}

}  // namespace
}  // namespace holdfast::agent
