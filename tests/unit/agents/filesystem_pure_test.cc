// The parts of kind `filesystem` that are plain functions: the mount table, options, fill levels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "agents/filesystem/mounts.h"
#include "agents/filesystem/options.h"
#include "agents/filesystem/probe.h"
#include "program.h"

namespace holdfast::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<int> ids(const std::vector<Mount>& mounts) {
  std::vector<int> out;
  for (const Mount& mount : mounts) out.push_back(mount.id);
  return out;
}

class MountTable : public testing::Test {
 protected:
  MountTable() {
    std::ofstream(folder_.path() + "/mountinfo")
        << "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n"
           "71 70 0:50 / /srv/data rw - tmpfs cover rw\n"
           "70 27 8:17 / /srv/data rw,nosuid shared:7 - ext4 /dev/sdb1 ro,errors=remount-ro\n"
           "72 71 0:51 / /srv/data/a\\040b rw - nfs4 [fd00::1]:/export rw,vers=4.2\n"
           "73 27 8:17 /sub /view rw - ext4 /dev/sdb1 ro\n";
    mounts_ = read_mounts(folder_.path() + "/mountinfo").value();
  }
  test::Folder folder_;
  std::vector<Mount> mounts_;
};

TEST_F(MountTable, IsRead) {
  ASSERT_EQ(mounts_.size(), 5U);
  EXPECT_EQ(mounts_[3].target, "/srv/data/a b");
  EXPECT_EQ(mounts_[3].source, "[fd00::1]:/export");
  EXPECT_TRUE(is_network_type(mounts_[3].type));
  EXPECT_EQ(mounts_[4].root, "/sub");
  EXPECT_EQ(mounts_[2].options, "rw,nosuid");
  EXPECT_FALSE(read_mounts(folder_.path() + "/nothing"));
}

TEST_F(MountTable, WhatIsSeenStandsLast) { EXPECT_THAT(ids(stack_at(mounts_, "/srv/data")), ElementsAre(70, 71)); }

TEST_F(MountTable, ATreeIsInTheOrderOfUnmounting) {
  EXPECT_THAT(ids(tree_of(mounts_, mounts_[2])), ElementsAre(72, 71, 70));
}

TEST(Options, OnlyWhatWasAskedForIsCompared) {
  Mount mount;
  mount.options = "rw,nosuid,relatime";
  mount.file_system_options = "rw,data=ordered";
  EXPECT_EQ(difference(read_options("").value(), mount), "") << "kernels show options of their own";
  EXPECT_EQ(difference(read_options("nosuid,data=journal").value(), mount), "");
  EXPECT_THAT(difference(read_options("ro").value(), mount), HasSubstr("wanted is ro"));
  EXPECT_THAT(difference(read_options("suid").value(), mount), HasSubstr("with nosuid, wanted is suid"));
  EXPECT_EQ(difference(read_options("suid,nosuid").value(), mount), "") << "the last one counts";
  EXPECT_THAT(difference(read_options("nodev").value(), mount), HasSubstr("without nodev"));
}

TEST(Options, WhatTheKernelGaveUpIsSeen) {
  for (const char* word : {"ro", "rw,emergency_ro", "rw,shutdown"}) {
    Mount mount;
    mount.options = "rw";
    mount.file_system_options = word;
    EXPECT_THAT(difference(read_options("").value(), mount), HasSubstr("after an error")) << word;
  }
}

TEST(FillLevel, IsThatOfDf) {
  EXPECT_EQ(fill_level(1000, 100, 50, 0, 0).per_cent, 95);  // 900 of 950
  EXPECT_EQ(fill_level(1000, 1000, 1000, 0, 0).per_cent, 0);
  EXPECT_EQ(fill_level(0, 0, 0, 0, 0).per_cent, 0);
  const FillLevel files = fill_level(1000, 900, 900, 100, 1);
  EXPECT_EQ(files.per_cent, 99);
  EXPECT_STREQ(files.of, "inodes");
}

}  // namespace
}  // namespace holdfast::agent
