// A full disk keeps the old state, and is survived (E2, E4).
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../temporary_folder.h"
#include "adapters/files/key_file.h"
#include "adapters/files/state_file.h"
#include "sample_state.h"

namespace holdfast::files {
namespace {

/// A file system of 64 KiB, in a mount namespace of this process, so that nothing is left behind.
class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=64k") != 0)
      GTEST_SKIP() << "needs the right to mount";
  }
  void TearDown() override { ::umount(folder_.path().c_str()); }

  void fill() {
    std::ofstream out(folder_ / "filler", std::ios::binary);
    for (int i = 0; i < 64 * 1024 && out.put('x').flush(); ++i) {
    }
  }

  TemporaryFolder folder_;
};

TEST_F(FullDisk, KeepsTheOldState) {
  StateFile store(folder_ / "state");
  ASSERT_TRUE(store.save(sample_state(1)));
  fill();
  const auto saved = store.save(sample_state(2));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().text, "cannot write " + (folder_ / "state.new").string() + ": No space left on device");
  EXPECT_THAT(folder_.names(), ::testing::ElementsAre("filler", "state"));
  EXPECT_EQ(loaded_by(store), std::optional(sample_state(1)));

  std::filesystem::remove(folder_ / "filler");
  ASSERT_TRUE(store.save(sample_state(3)));
  EXPECT_EQ(loaded_by(store), std::optional(sample_state(3)));
}

// The disk becomes full in the middle of a write.
TEST_F(FullDisk, KeepsTheOldStateWhenHalfOfTheNewOneFits) {
  StateFile store(folder_ / "state");
  ASSERT_TRUE(store.save(sample_state(1, 20000)));
  ASSERT_FALSE(store.save(sample_state(2, 60000)));
  EXPECT_THAT(folder_.names(), ::testing::ElementsAre("state"));
  EXPECT_EQ(loaded_by(store), std::optional(sample_state(1, 20000)));
}

TEST_F(FullDisk, LeavesNoHalfKey) {
  fill();
  const auto created = create_key_file(folder_ / "authkey");
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().text, "cannot write " + (folder_ / "authkey").string() + ": No space left on device");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "authkey"));
}

}  // namespace
}  // namespace holdfast::files
