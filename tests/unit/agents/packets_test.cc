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

TEST(Packets, OnlyWhoHoldsTheAddressIsAClaimant) {
  const IpAddress four = *parse_cidr("10.9.0.100/24");
  const MacAddress other{2, 0, 0, 0, 0, 2};
  const auto claim = announcement(four, other, ArpForm::reply).bytes;
  EXPECT_EQ(claimant(four, claim, MacAddress{}), other);
  EXPECT_EQ(claimant(four, question(four, other).bytes, other), std::nullopt) << "asking is not holding";
  EXPECT_EQ(claimant(*parse_cidr("10.9.0.101/24"), claim, MacAddress{}), std::nullopt);
  EXPECT_EQ(claimant(four, std::span(claim).first(27), other), std::nullopt) << "cut short";
  const IpAddress six = *parse_cidr("fd00:9::100/64");
  const auto advertisement = announcement(six, other, ArpForm::reply).bytes;
  EXPECT_EQ(claimant(six, advertisement, other), other);
  EXPECT_EQ(claimant(six, std::span(advertisement).first(63), other), std::nullopt);
  EXPECT_EQ(claimant(six, question(six, other).bytes, other), std::nullopt);
  EXPECT_EQ(claimant(six, {}, other), std::nullopt);
}

}  // namespace
}  // namespace holdfast::agent
