// L7: only holders of the key write and read; E3: anything else is dropped.
#include "adapters/sidechannel/seal.h"

#include <gtest/gtest.h>

#include "adapters/sidechannel/probe.h"
#include "base/random.h"

namespace holdfast::sidechannel {
namespace {

const std::string key(256, 'k');
Sealer sealer(std::uint32_t node, const std::string& cluster_key = key) {
  return *Sealer::make(cluster_key, NodeId{node});
}

TEST(Seal, WhatOneSealsTheOtherOpens) {
  Sealer alpha = sealer(1);
  Sealer beta = sealer(2);
  for (const std::string& content : {std::string("hello"), std::string(), std::string(5000, 'x')}) {
    const std::string datagram = alpha.seal(content);
    EXPECT_EQ(datagram.size(), content.size() + seal_overhead);
    if (!content.empty()) {
      EXPECT_EQ(datagram.find(content), std::string::npos);
    }
    const auto opened = beta.open(datagram);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->sender, NodeId{1});
    EXPECT_EQ(opened->content, content);
  }
}

TEST(Seal, TheSameIsNeverSealedTheSame) {
  Sealer alpha = sealer(1);
  EXPECT_NE(alpha.seal("hello"), alpha.seal("hello"));
  EXPECT_NE(sealer(1).seal("hello"), sealer(1).seal("hello"));  // another life
}

TEST(Seal, AnotherKeyOpensNothing) {
  Sealer alpha = sealer(1);
  EXPECT_FALSE(sealer(2, std::string(256, 'q')).open(alpha.seal("hello")));
}

TEST(Seal, OurOwnIsNotOpened) {
  Sealer alpha = sealer(1);
  EXPECT_FALSE(sealer(1).open(alpha.seal("hello")));
}

TEST(Seal, EveryChangedBitIsNoticed) {
  Sealer alpha = sealer(1);
  Sealer beta = sealer(2);
  const std::string datagram = alpha.seal("hello");
  for (std::size_t bit = 0; bit < datagram.size() * 8; ++bit) {
    std::string changed = datagram;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(beta.open(changed)) << bit;
  }
  EXPECT_TRUE(beta.open(datagram));
}

TEST(Seal, NothingTooShortOrRandomOpens) {
  Sealer beta = sealer(2);
  const std::string datagram = sealer(1).seal("hello");
  for (std::size_t size = 0; size < datagram.size(); ++size) EXPECT_FALSE(beta.open(datagram.substr(0, size)));
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes("HFS1");
    const std::int64_t size = random.between(0, 200);
    for (std::int64_t k = 0; k < size; ++k) bytes.push_back(static_cast<char>(random.next()));
    EXPECT_FALSE(beta.open(bytes));
  }
}

TEST(Probe, ThereAndBack) {
  Probe probe{NodeId{2}, LinkIndex{1}, 12345, 678, {{NodeId{1}, 99, 7, "note"}, {NodeId{3}, 98, 1, ""}}};
  EXPECT_EQ(*decode_probe(encode(probe)), probe);
}

TEST(Probe, LimitsHold) {
  Probe probe;
  probe.notes = {{NodeId{1}, 1, 1, std::string(max_note + 1, 'x')}};
  EXPECT_FALSE(decode_probe(encode(probe)));
  probe.notes = {{NodeId{33}, 1, 1, "x"}};
  EXPECT_FALSE(decode_probe(encode(probe)));
  probe.notes.assign(max_carried + 1, {NodeId{1}, 1, 1, "x"});
  EXPECT_FALSE(decode_probe(encode(probe)));
  EXPECT_FALSE(decode_probe("\xff\xff\xff"));
}

}  // namespace
}  // namespace holdfast::sidechannel
