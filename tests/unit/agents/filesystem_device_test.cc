// K2 with real block devices: ext4 and ext2 on loop devices, where the machine has them.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>

#include "agents/filesystem/mounts.h"
#include "mount_bed.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

constexpr const char* uuid = "11111111-2222-4333-8444-555555555555";

class FilesystemDeviceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = LoopDevice::missing(); !why.empty()) GTEST_SKIP() << "no loop devices: " << why;
    image_ = image("image", std::string{"mkfs.ext4 -q -L hf-test -U "} + uuid);
    loop_.emplace(image_);
    agent_.parameters["device"] = loop_->path();
  }
  std::string image(const std::string& name, const std::string& make) const {
    const std::string path = folder_.path() + "/" + name;
    const std::string said = shell("truncate -s 16M " + path + " && " + make + " " + path + " 2>&1");
    EXPECT_EQ(said, "") << make;
    return path;
  }
  bool mounted() const { return !agent::stack_at(agent::read_mounts().value(), place_).empty(); }
  void expect(const std::string& action, int exit_code, const std::string& text = "") {
    const RunResult result = agent_.call(action);
    EXPECT_EQ(result.exit_code, exit_code) << action << ": " << result.output;
    EXPECT_THAT(result.output, HasSubstr(text)) << action;
  }
  /// Nobody holds the device any more, however hidden.
  bool is_free() const {
    const int alone = open(loop_->path().c_str(), O_RDONLY | O_EXCL);
    if (alone >= 0) close(alone);
    return alone >= 0;
  }

  MountFolder folder_;
  std::string place_ = folder_.make("place");
  std::string image_;
  std::optional<LoopDevice> loop_;
  Agent agent_{"filesystem", {{"mount_point", place_}}, folder_.make("run")};
};

TEST_F(FilesystemDeviceTest, ByPathUuidAndLabel) {
  for (const std::string& device : {loop_->path(), std::string{"UUID="} + uuid, std::string{"LABEL=hf-test"}}) {
    agent_.parameters["device"] = device;
    expect("monitor", 7);
    expect("ready", 0);
    expect("start", 0);
    EXPECT_THAT(shell("findmnt -no SOURCE,FSTYPE " + place_), HasSubstr(loop_->path() + " ext4"));
    expect("monitor", 0);
    expect("ready", 0);
    expect("start", 0);
    expect("stop", 0);
    EXPECT_TRUE(is_free());
  }
}

TEST_F(FilesystemDeviceTest, AJournalThatWasLeftIsReplayedByTheMount) {
  expect("start", 0);
  std::ofstream(place_ + "/orders") << "4711\n";
  shell("sync -f " + place_);
  shell("cp " + image_ + " " + folder_.path() + "/taken");  // as the machine's power-off leaves it
  expect("stop", 0);
  ASSERT_THAT(shell("dumpe2fs -h " + folder_.path() + "/taken 2>&1"), HasSubstr("needs_recovery"));
  loop_.emplace(folder_.path() + "/taken");
  agent_.parameters["device"] = loop_->path();
  expect("start", 0);
  EXPECT_EQ(shell("cat " + place_ + "/orders"), "4711\n");
  expect("stop", 0);
  EXPECT_THAT(shell("fsck.ext4 -fn " + loop_->path() + " >/dev/null 2>&1; echo $?"), "0\n");
}

TEST_F(FilesystemDeviceTest, WhatTheKernelMadeReadOnlyAfterAnErrorIsAFailureAndIsCheckedBeforeTheNextMount) {
  agent_.parameters["options"] = "errors=remount-ro";
  expect("start", 0);
  const std::string name = std::filesystem::path(loop_->path()).filename();
  shell("echo test > /sys/fs/ext4/" + name + "/trigger_fs_error");
  expect("monitor", 1, "is mounted read-only, wanted is rw (the kernel does that after an error)");
  expect("recover", 1, "met errors and was made read-only");
  expect("stop", 0);
  ASSERT_THAT(shell("dumpe2fs -h " + loop_->path() + " 2>&1"), HasSubstr("with errors"));
  expect("start", 0);
  expect("monitor", 0);
  expect("stop", 0);
  EXPECT_THAT(shell("dumpe2fs -h " + loop_->path() + " 2>&1"), HasSubstr("clean\n"));
}

TEST_F(FilesystemDeviceTest, WhatFsckCannotRepairByItselfIsLeftToAnOperator) {
  loop_.emplace(image("broken", "mkfs.ext2 -q"));
  agent_.parameters["device"] = loop_->path();
  // The root folder's inode is no folder any more.
  shell("debugfs -w -R 'sif <2> mode 0100644' " + loop_->path() + " 2>&1");
  shell("debugfs -w -R 'ssv state 2' " + loop_->path() + " 2>&1");
  expect("start", 1, "an operator must repair it");
  EXPECT_FALSE(mounted());
  EXPECT_THAT(shell("debugfs -R 'stat <2>' " + loop_->path() + " 2>&1"), HasSubstr("regular")) << "nothing destroyed";
}

TEST_F(FilesystemDeviceTest, OneThatIsMountedElsewhereIsNeverCalledFree) {
  const std::string other = folder_.make("other");
  shell("mount " + loop_->path() + " " + other);
  expect("ready", 1, "is mounted at " + other);
  expect("start", 1, "is mounted at " + other + "; unmount it there");
  expect("monitor", 1, "is mounted at " + other + ", not at " + place_);
  expect("stop", 1, "is mounted at " + other);
  EXPECT_THAT(shell("findmnt -no SOURCE " + other), HasSubstr(loop_->path())) << "not ours to unmount";
  shell("umount " + other);
  expect("stop", 0);
}

TEST_F(FilesystemDeviceTest, ABindOfItGoesWithIt) {
  expect("start", 0);
  const std::string view = folder_.make("view");
  shell("mount --bind " + folder_.make("place/deep") + " " + view);
  Process reader{"cd " + view + "; echo .; exec sleep 1000"};
  expect("stop", 0);
  EXPECT_EQ(reader.ended_by(), SIGTERM);
  EXPECT_TRUE(is_free());
}

TEST_F(FilesystemDeviceTest, OtherMountNamespacesLetGoOfIt) {  // PrivateMounts= of a unit, a container
  expect("start", 0);
  Process idle{"exec unshare -m --propagation private sh -c 'echo .; exec sleep 1000'"};
  shell("umount " + place_);
  expect("monitor", 7);
  EXPECT_FALSE(is_free());
  expect("ready", 1, "is held by the kernel (mounted in another mount namespace");
  expect("start", 1, "is held by the kernel");
  shell("nsenter -m -t " + std::to_string(idle.pid()) + " umount " + place_);
  expect("start", 0);
  Process again{"exec unshare -m --propagation private sh -c 'echo .; exec sleep 1000'"};
  Process user{"exec unshare -m --propagation private sh -c 'cd " + place_ + "; echo .; exec sleep 1000'"};
  expect("stop", 0);
  EXPECT_TRUE(is_free());
  EXPECT_EQ(again.ended_by(), 0) << "it did not use it";
  EXPECT_EQ(user.ended_by(), SIGTERM);
}

/// A frozen file system is a disk that does not answer: writes wait and cannot be killed.
class Freeze {
 public:
  explicit Freeze(const std::string& place) : folder_(open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    EXPECT_EQ(ioctl(folder_, FIFREEZE, 0), 0);
  }
  ~Freeze() { thaw(); }
  void thaw() {
    if (folder_ >= 0) ioctl(folder_, FITHAW, 0), close(folder_);
    folder_ = -1;
  }

 private:
  int folder_;
};

TEST_F(FilesystemDeviceTest, ATestOfWritingThatHangsHoldsNobody) {
  agent_.parameters["write_test"] = "1";
  expect("start", 0);
  expect("monitor", 0);
  Freeze freeze{place_};
  const auto began = Clock::now();
  expect("monitor", 1, "a test of writing did not end within 1 s");
  const std::string record = agent_.run_directory + "/filesystem/web.write";
  const std::string first = shell("cat " + record);
  EXPECT_THAT(first, testing::MatchesRegex("[0-9]+ [0-9]+\n")) << "it still hangs";
  expect("monitor", 1, "a test of writing did not end within 1 s");
  EXPECT_LT(Clock::now() - began, 8s);
  EXPECT_EQ(shell("cat " + record), first) << "they do not pile up";
  freeze.thaw();
  expect("monitor", 0);
  expect("stop", 0);
}

TEST_F(FilesystemDeviceTest, WhatIsNoFileSystemIsSaid) {
  loop_.emplace(image("zeros", "true"));
  agent_.parameters["device"] = loop_->path();
  expect("start", 1, "mount of " + place_);
  agent_.parameters["type"] = "ext4";
  expect("start", 1, "wrong fs type, bad option, bad superblock");
  EXPECT_FALSE(mounted());
}

TEST_F(FilesystemDeviceTest, AWriteProtectedDeviceIsNotSilentlyMountedReadOnly) {
  loop_.emplace(image_, true);
  agent_.parameters["device"] = loop_->path();
  expect("start", 1, "mount of " + place_);
  EXPECT_FALSE(mounted());
  agent_.parameters["options"] = "ro";
  expect("start", 0);
  expect("monitor", 0);
  expect("stop", 0);
}

TEST_F(FilesystemDeviceTest, ADeviceThatIsGoneCanBeStopped) {
  const std::string node = folder_.path() + "/node";
  shell("cp -a " + loop_->path() + " " + node);
  agent_.parameters["device"] = node;
  expect("start", 0);
  shell("rm " + node);
  expect("monitor", 1, place_ + " is mounted, but device " + node + ": No such file");
  expect("stop", 0);
  EXPECT_FALSE(mounted());
  expect("monitor", 7);
}

}  // namespace
}  // namespace holdfast::test
