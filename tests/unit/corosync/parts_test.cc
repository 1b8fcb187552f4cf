// The small parts of the Corosync engine that need no corosync.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapters/corosync/backoff.h"
#include "adapters/corosync/discovery.h"
#include "adapters/corosync/log_tail.h"
#include "adapters/corosync/outbox.h"

namespace holdfast::corosync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Backoff, FirstAtOnceThenLongerAndForgivenAfterAGoodLife) {
  Backoff backoff;
  EXPECT_EQ(backoff.next(Micros{0}), Millis{0});
  EXPECT_EQ(backoff.next(Micros{0}), Millis{100});
  EXPECT_EQ(backoff.next(Micros{0}), Millis{200});
  for (int i = 0; i < 100; ++i) EXPECT_LE(backoff.next(Micros{0}), Millis{5000});
  EXPECT_EQ(backoff.next(Micros{0}), Millis{5000});
  EXPECT_EQ(backoff.next(Micros{60'000'000}), Millis{0});
}

TEST(Outbox, KeepsOrderAndTheUnsent) {
  Outbox outbox;
  outbox.add("one");
  outbox.add("two");
  ASSERT_NE(outbox.first(), nullptr);
  EXPECT_EQ(*outbox.first(), "one");
  EXPECT_EQ(*outbox.first(), "one") << "refused by corosync, so it stays first";
  outbox.sent();
  EXPECT_EQ(*outbox.first(), "two");
  outbox.sent();
  EXPECT_EQ(outbox.first(), nullptr);
}

TEST(Outbox, MessagesOfALostLifeAreDropped) {
  Outbox outbox;
  outbox.add("old");
  outbox.connection_lost();
  outbox.add("given before we heard of it");
  EXPECT_EQ(outbox.first(), nullptr);
  outbox.begin_life();
  outbox.add("new");
  ASSERT_NE(outbox.first(), nullptr);
  EXPECT_EQ(*outbox.first(), "new");
}

TEST(Outbox, IsBoundedAndTakesAgainWhenThereIsRoom) {
  Outbox outbox;
  const std::string large(60U << 10, 'x');
  int kept = 0;
  while (outbox.add(large) == Outbox::Added::kept) ASSERT_LT(++kept, 1000);
  EXPECT_GT(kept, 500);
  ASSERT_NE(outbox.first(), nullptr);
  outbox.sent();
  EXPECT_EQ(outbox.add(large), Outbox::Added::kept);
}

TEST(Discovery, KnowsTheSocketsOfCorosync) {
  const std::string head = "Num       RefCount Protocol Flags    Type St Inode Path\n";
  const std::string corosync = head + "0000: 00000002 00000000 00010000 0001 01 38794 @cpg@@@@@@@@@@@@@@@\n";
  EXPECT_TRUE(corosync_sockets_bound(corosync));
  EXPECT_TRUE(corosync_sockets_bound("0000: 00000002 00000000 00010000 0001 01 38792 @cmap"));
  EXPECT_FALSE(corosync_sockets_bound(head));
  EXPECT_FALSE(corosync_sockets_bound(""));
  EXPECT_FALSE(corosync_sockets_bound(head + "0: 2 0 10000 0001 01 3 @cpgx\n0: 2 0 10000 0001 01 4 /run/cpg\n"));
}

TEST(Discovery, OursIsTheOneWithOurFile) {
  EXPECT_TRUE(
      runs_configuration({"corosync", "-f", "-c", "/run/holdfast/corosync.conf"}, "/run/holdfast/corosync.conf"));
  EXPECT_FALSE(runs_configuration({"/usr/sbin/corosync", "-f"}, "/run/holdfast/corosync.conf"));
  EXPECT_FALSE(runs_configuration({"corosync", "-f", "-c"}, "/run/holdfast/corosync.conf"));
}

TEST(ForeignPackets, AreFoundInTheWordsOfKnet) {
  EXPECT_EQ(foreign_packet_source("Nov 21 22:16:12.581 error   [KNET  ] rx: Unable to decrypt packet from "
                                  "10.77.1.2:5405 (size 80)!"),
            "10.77.1.2");
  EXPECT_EQ(foreign_packet_source("error   [KNET  ] rx: Unable to decrypt packet from fd00::2:5405 (size 80)!"),
            "fd00::2");
  EXPECT_FALSE(foreign_packet_source("error   [KNET  ] opensslcrypto: Digest does not match."));
  EXPECT_FALSE(foreign_packet_source("Unable to decrypt packet from "));
  EXPECT_FALSE(foreign_packet_source("Unable to decrypt packet from :5"));
}

TEST(RateLimit, OneAMinuteForEachKey) {
  RateLimit limit;
  EXPECT_TRUE(limit.allows("a", Instant{0}));
  EXPECT_FALSE(limit.allows("a", Instant{59'000'000}));
  EXPECT_TRUE(limit.allows("b", Instant{59'000'000}));
  EXPECT_TRUE(limit.allows("a", Instant{60'000'000}));
}

class LogTailTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void append(const std::string& bytes) { std::ofstream(path, std::ios::app) << bytes; }

  const std::string folder =
      (std::filesystem::temp_directory_path() / ("log_tail_test." + std::to_string(getpid()))).string();
  const std::string path = folder + "/log";
};

TEST_F(LogTailTest, WholeNewLinesOnly) {
  append("old\n");
  LogTail tail(path);
  EXPECT_THAT(tail.new_lines(), IsEmpty());
  append("one\ntw");
  EXPECT_THAT(tail.new_lines(), ElementsAre("one"));
  append("o\nthree\n");
  EXPECT_THAT(tail.new_lines(), ElementsAre("two", "three"));
  EXPECT_EQ(last_line(path), "three");
}

TEST_F(LogTailTest, NoFileIsNoLines) {
  LogTail tail(path);
  EXPECT_THAT(tail.new_lines(), IsEmpty());
  EXPECT_EQ(last_line(path), "");
  append("one\n");
  EXPECT_THAT(tail.new_lines(), ElementsAre("one"));
}

TEST_F(LogTailTest, LargeFileIsEmptiedUnderItsWriter) {
  LogTail tail(path);
  std::ofstream writer(path, std::ios::app);
  writer << std::string(3U << 20, 'x') << "\n" << std::flush;
  tail.new_lines();
  EXPECT_EQ(std::filesystem::file_size(path), 0U);
  EXPECT_GT(std::filesystem::file_size(path + ".1"), 3U << 20);
  writer << "after\n" << std::flush;
  EXPECT_THAT(tail.new_lines(), ElementsAre("after"));
}

}  // namespace
}  // namespace holdfast::corosync
