// K2 with real mounts (bind, tmpfs, overlay) in a mount namespace of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "agents/filesystem/mounts.h"
#include "mount_bed.h"

namespace holdfast::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class FilesystemTest : public testing::Test {
 protected:
  /// The mount at the mount point, as the kernel numbers it; 0: none.
  int mount_id() const {
    const auto stack = agent::stack_at(agent::read_mounts().value(), place_);
    return stack.empty() ? 0 : stack.back().id;
  }
  void expect(const std::string& action, int exit_code, const std::string& text = "") {
    const RunResult result = agent_.call(action);
    EXPECT_EQ(result.exit_code, exit_code) << action << ": " << result.output;
    EXPECT_THAT(result.output, HasSubstr(text)) << action;
    EXPECT_LE(std::count(result.output.begin(), result.output.end(), '\n'), 1) << "one line: " << result.output;
  }
  void be_tmpfs(const std::string& options = "") {
    agent_.parameters["device"] = "store";
    agent_.parameters["type"] = "tmpfs";
    agent_.parameters["options"] = options;
  }

  MountFolder folder_;
  std::string source_ = folder_.make("source");
  std::string place_ = folder_.make("place");
  Agent agent_{"filesystem", {{"device", source_}, {"mount_point", place_}, {"options", "bind"}}, folder_.make("run")};
};

TEST_F(FilesystemTest, StartStopAndMonitorMayBeRepeated) {
  expect("monitor", 7, "nothing is mounted at " + place_);
  expect("stop", 0);
  expect("start", 0);
  std::ofstream(source_ + "/file") << "x";
  EXPECT_TRUE(std::filesystem::exists(place_ + "/file"));
  const int id = mount_id();
  expect("start", 0);
  EXPECT_EQ(mount_id(), id) << "not mounted a second time";
  expect("monitor", 0);
  expect("recover", 0);
  EXPECT_EQ(mount_id(), id);
  expect("stop", 0);
  EXPECT_EQ(mount_id(), 0);
  expect("stop", 0);
  expect("monitor", 7);
}

TEST_F(FilesystemTest, Tmpfs) {
  be_tmpfs("size=1m,nodev,noatime");
  expect("start", 0);
  EXPECT_THAT(shell("findmnt -no FSTYPE,OPTIONS " + place_), AllOf(HasSubstr("tmpfs"), HasSubstr("nodev,noatime")));
  expect("monitor", 0);
  expect("stop", 0);
  expect("monitor", 7);
}

TEST_F(FilesystemTest, Overlay) {
  const std::string upper = folder_.make("store/upper"), work = folder_.make("store/work");
  shell("mount -t tmpfs t " + folder_.path() + "/store");  // an overlay's upper folder must not be on an overlay
  folder_.make("store/upper"), folder_.make("store/work");
  std::ofstream(source_ + "/below") << "x";
  agent_.parameters["device"] = "overlay";
  agent_.parameters["type"] = "overlay";
  agent_.parameters["options"] = "lowerdir=" + source_ + ",upperdir=" + upper + ",workdir=" + work;
  expect("ready", 0);
  expect("start", 0);
  std::ofstream(place_ + "/above") << "x";
  EXPECT_TRUE(std::filesystem::exists(place_ + "/below"));
  EXPECT_TRUE(std::filesystem::exists(upper + "/above"));
  expect("monitor", 0);
  agent_.parameters["options"] = "lowerdir=" + place_ + ",upperdir=" + upper + ",workdir=" + work;
  expect("monitor", 1, "is mounted with lowerdir=" + source_);
  expect("stop", 0);
  agent_.parameters["options"] = "lowerdir=/no/such,upperdir=" + upper + ",workdir=" + work;
  expect("start", 5, "lowerdir = /no/such is no folder on this node");
}

TEST_F(FilesystemTest, AMountPointThatIsNotThereIsRefusedOrMade) {
  agent_.parameters["mount_point"] = folder_.path() + "/a/b";
  expect("start", 5, "does not exist on this node; make the folder, or set create_mount_point = true");
  expect("ready", 5, "does not exist on this node");
  agent_.parameters["create_mount_point"] = "true";
  expect("ready", 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/a")) << "ready makes nothing";
  expect("start", 0);
  expect("stop", 0);
}

TEST_F(FilesystemTest, AMountPointThatIsNotEmptyIsRefused) {
  std::ofstream(place_ + "/precious") << "x";
  expect("ready", 1, "is not empty: what is in it would be hidden");
  expect("start", 1, "is not empty");
  EXPECT_EQ(mount_id(), 0);
  agent_.parameters["allow_non_empty"] = "true";
  expect("start", 0);
  expect("stop", 0);
  EXPECT_TRUE(std::filesystem::exists(place_ + "/precious"));
}

TEST_F(FilesystemTest, AMountPointMustBeAFolder) {
  std::ofstream(folder_.path() + "/file") << "x";
  agent_.parameters["mount_point"] = folder_.path() + "/file";
  expect("start", 5, "is not a folder");
  std::filesystem::create_symlink(place_, folder_.path() + "/link");
  agent_.parameters["mount_point"] = folder_.path() + "/link";
  expect("start", 5, "is a symbolic link");
}

TEST_F(FilesystemTest, SymbolicLinksAboveTheMountPointAreFollowed) {
  std::filesystem::create_directory_symlink(folder_.path(), folder_.path() + "/link");
  agent_.parameters["mount_point"] = folder_.path() + "/link/place/";
  expect("start", 0);
  EXPECT_NE(mount_id(), 0);
  expect("monitor", 0);
  expect("stop", 0);
  EXPECT_EQ(mount_id(), 0);
}

TEST_F(FilesystemTest, WhatSomebodyElseMountedThereIsLeftAlone) {
  shell("mount -t tmpfs other " + place_);
  const int other = mount_id();
  expect("ready", 1, "is in use: other (tmpfs) is mounted there");
  expect("start", 1, "is in use: other (tmpfs) is mounted there");
  expect("monitor", 7, "other (tmpfs) is mounted at " + place_);
  expect("stop", 0);
  EXPECT_EQ(mount_id(), other);
}

TEST_F(FilesystemTest, ABindOfAnotherFolderIsNotOurs) {  // the same device, the same type
  shell("mount --bind " + folder_.make("other") + " " + place_);
  const int other = mount_id();
  expect("monitor", 7);
  expect("start", 1, "is in use");
  expect("stop", 0);
  EXPECT_EQ(mount_id(), other);
}

TEST_F(FilesystemTest, AMissingSourceIsSaid) {
  agent_.parameters["device"] = folder_.path() + "/nothing";
  expect("monitor", 7);
  expect("start", 5, "/nothing: No such file");
  agent_.parameters["options"] = "";
  agent_.parameters["device"] = "/dev/holdfast-nothing";
  expect("ready", 5, "/dev/holdfast-nothing: No such file");
  expect("start", 5, "/dev/holdfast-nothing: No such file");
  agent_.parameters["device"] = "UUID=00000000-dead-beef-0000-000000000000";
  expect("start", 5, "no device on this node has UUID=00000000-dead");
  agent_.parameters["device"] = source_;
  expect("start", 5, "options = \"bind\" mounts a folder");
  agent_.parameters["device"] = "/dev/null";
  expect("start", 5, "/dev/null is not a block device");
}

TEST_F(FilesystemTest, AMountThatWentIsMountedAgainByRecover) {  // F5
  expect("start", 0);
  shell("umount " + place_);
  expect("monitor", 7);
  expect("recover", 0);
  expect("monitor", 0);
}

TEST_F(FilesystemTest, OptionsThatAreNotAsWantedAreAFailureAndAreRecovered) {  // K2, F5
  be_tmpfs("noexec");
  expect("start", 0);
  shell("mount -o remount,ro " + place_);
  expect("monitor", 1, place_ + " is mounted read-only, wanted is rw");
  expect("start", 1, "is mounted read-only");
  expect("recover", 0);
  expect("monitor", 0);
  shell("mount -o remount,rw,exec " + place_);
  expect("monitor", 1, "is mounted without noexec");
  expect("recover", 0);
  agent_.parameters["options"] = "exec";
  expect("monitor", 1, "is mounted with noexec, wanted is exec");
  agent_.parameters["options"] = "ro,noexec";
  expect("monitor", 1, "is mounted rw, wanted is ro");
  expect("recover", 0);
  expect("monitor", 0);
}

TEST_F(FilesystemTest, ABindThatBecameReadOnlyIsRecoveredWithoutItsSource) {
  agent_.parameters["options"] = "bind,nosuid";
  expect("start", 0);
  shell("mount -o remount,bind,ro " + place_);
  expect("monitor", 1, "is mounted read-only");
  expect("recover", 0);
  expect("monitor", 0);
  agent_.parameters["options"] = "bind,ro";
  expect("recover", 0);
  std::ofstream(source_ + "/still") << "x";
  EXPECT_TRUE(std::filesystem::exists(source_ + "/still")) << "only the mount is ro";
}

TEST_F(FilesystemTest, WhatCoversItIsAFailureAndGoesWithAStop) {
  expect("start", 0);
  shell("mount -t tmpfs cover " + place_);
  expect("monitor", 1, "is covered by cover (tmpfs)");
  expect("stop", 0);
  EXPECT_EQ(mount_id(), 0);
}

TEST_F(FilesystemTest, AFullOneIsDegradedAndFailsOnlyWhereThatIsWanted) {  // K2
  be_tmpfs("size=1m");
  expect("start", 0);
  shell("head -c 960k /dev/zero > " + place_ + "/much");
  const RunResult warned = agent_.call("monitor");
  EXPECT_EQ(warned.exit_code, 190);
  EXPECT_THAT(warned.output, HasSubstr("(space; warning at 90 %)"));
  agent_.parameters["write_test"] = "5";
  shell("head -c 2m /dev/zero > " + place_ + "/more");
  const RunResult full = agent_.call("monitor");
  EXPECT_EQ(full.exit_code, 190) << "a test of writing does not fail because of it: " << full.output;
  EXPECT_THAT(full.output, HasSubstr("is 100 % full (space; error at 95 %)"));
  expect("recover", 0, "error at 95 %");
  agent_.parameters["fill_fails"] = "true";
  expect("monitor", 1, "error at 95 %");
  agent_.parameters["fill_fails"] = "false";
  agent_.parameters["fill_error"] = "0";
  agent_.parameters["fill_warning"] = "0";
  expect("monitor", 0);
  agent_.parameters["fill_warning"] = "90";
  shell("rm " + place_ + "/*; cd " + place_ +
        "; i=0; mount -o remount,nr_inodes=20 .; while touch f$i 2>&-; do i=$((i+1)); done");
  const RunResult files = agent_.call("monitor");
  EXPECT_THAT(files.output, HasSubstr("is 100 % full (inodes; warning at 90 %)"));
}

TEST_F(FilesystemTest, TheTestOfWritingLeavesNothingBehind) {
  agent_.parameters["write_test"] = "5";
  expect("start", 0);
  expect("monitor", 0);
  EXPECT_TRUE(std::filesystem::is_empty(source_));
  expect("stop", 0);
}

TEST_F(FilesystemTest, ANetworkFileSystemWithoutItsProgramIsRefused) {
  agent_.parameters["options"] = "";
  agent_.parameters["device"] = "server:/export";
  if (std::filesystem::exists("/usr/sbin/mount.nfs")) GTEST_SKIP() << "nfs-common is installed";
  expect("validate-all", 5, "mount.nfs is not installed on this node: type nfs needs it (package nfs-common)");
  expect("ready", 5, "mount.nfs is not installed");
  expect("start", 5, "mount.nfs is not installed");
  expect("monitor", 7);
  expect("stop", 0);
}

TEST_F(FilesystemTest, WhatTheSystemMountsAtBootIsRefused) {
  std::ofstream(folder_.path() + "/fstab") << "/dev/sdz1 " << place_ << " ext4 defaults 0 0\n";
  shell("mount --bind " + folder_.path() + "/fstab /etc/fstab");
  if (shell("cat /etc/fstab").find("sdz1") == std::string::npos) GTEST_SKIP() << "there is no /etc/fstab";
  expect("validate-all", 5, "stands in /etc/fstab: the system would mount it at every boot");
  expect("start", 5, "stands in /etc/fstab");
  std::ofstream(folder_.path() + "/fstab") << "/dev/sdz1 " << place_ << " ext4 noauto,noatime 0 0\n";
  expect("validate-all", 0);
  shell("umount /etc/fstab");
}

struct Wrong {
  std::map<std::string, std::string> parameters;
  std::string text;
};

TEST_F(FilesystemTest, WrongParametersAreSaidInOneLineEach) {
  const std::vector<Wrong> all{
      {{{"device", ""}}, "parameter device is missing: a path (/dev/sdb1), UUID="},
      {{{"mount_point", ""}}, "parameter mount_point is missing"},
      {{{"mount_point", "srv"}},
       "parameter mount_point = \"srv\": must be an absolute path without . and .., and not /"},
      {{{"mount_point", "/srv/../x"}}, "must be an absolute path without . and .."},
      {{{"mount_point", "//"}}, "must be an absolute path"},
      {{{"device", "sdb1"}, {"options", ""}}, "parameter device = \"sdb1\": must be a path"},
      {{{"device", "UUID="}, {"options", ""}}, "parameter device = \"UUID=\": must be"},
      {{{"device", "source"}}, "a bind mount needs an absolute path"},
      {{{"type", "ext4"}}, "a bind mount has none; leave it out"},
      {{{"type", "ext4 "}, {"options", ""}}, "must be the name of a file system"},
      {{{"type", "nfs"}, {"options", ""}}, "type nfs needs host:/path"},
      {{{"type", "overlay"}, {"options", ""}}, "type overlay needs lowerdir="},
      {{{"options", "bind,,ro"}}, "must be options of mount(8) with commas between them"},
      {{{"options", "bind, ro"}}, "no blanks between options"},
      {{{"options", "ro,rw"}}, "ro and rw contradict each other"},
      {{{"options", "remount"}}, "\"remount\" cannot be used for a resource"},
      {{{"fsck", "yes"}}, "parameter fsck = \"yes\": allowed are auto, always, never"},
      {{{"create_mount_point", "yes"}}, "parameter create_mount_point = \"yes\": must be true or false"},
      {{{"fill_warning", "101"}}, "parameter fill_warning = \"101\": must be a whole number from 0 to 100"},
      {{{"fill_fails", "true"}, {"fill_error", "0"}}, "there is no limit to fail at"},
      {{{"write_test", "5s"}}, "parameter write_test = \"5s\": must be a whole number"},
      {{{"options", "bind,ro"}, {"write_test", "5"}}, "nothing can be written to what is mounted ro"},
      {{{"kill_after", "-1"}}, "parameter kill_after"},
  };
  const auto right = agent_.parameters;
  for (const Wrong& wrong : all) {
    agent_.parameters = right;
    for (const auto& [name, value] : wrong.parameters) agent_.parameters[name] = value;
    expect("validate-all", 6, wrong.text);
  }
  agent_.parameters = right;
  expect("validate-all", 0);
  agent_.parameters["options"] = "";
  agent_.parameters["device"] = "/dev/sdz9";
  agent_.parameters["type"] = "ext5";
  expect("validate-all", 5, "file system ext5 is unknown on this node: neither the kernel nor a module has it");
}

TEST_F(FilesystemTest, DescribesItself) {
  const std::string text = agent_.call("meta-data").output;
  EXPECT_THAT(text, AllOf(HasSubstr("<parameter name=\"mount_point\" unique=\"0\" required=\"1\">"),
                          HasSubstr("<action name=\"ready\" timeout=\"20s\"/>")));
}

}  // namespace
}  // namespace holdfast::test
