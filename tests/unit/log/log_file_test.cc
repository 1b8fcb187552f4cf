#include "adapters/log/log_file.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <vector>

#include "../temporary_folder.h"

namespace holdfast::logging {
namespace {

class LogFileTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "holdfast.log";
  std::vector<std::string> complaints_;
  LogFile file_{path_, [this](const std::string& text) { complaints_.push_back(text); }};
};

TEST_F(LogFileTest, AppendsToWhatIsThere) {
  std::ofstream(path_) << "before\n";
  file_.append("one");
  file_.append("two");
  EXPECT_EQ(content_of(path_), "before\none\ntwo\n");
  EXPECT_TRUE(complaints_.empty());
}

TEST_F(LogFileTest, GoesOnInANewFileWhenTheOldOneWasMovedAway) {
  file_.append("one");
  std::filesystem::rename(path_, folder_ / "holdfast.log.1");
  file_.append("two");
  EXPECT_EQ(content_of(folder_ / "holdfast.log.1"), "one\n");
  EXPECT_EQ(content_of(path_), "two\n");
  // logrotate's "create": another file stands in its place already
  std::filesystem::rename(path_, folder_ / "holdfast.log.2");
  std::ofstream(path_) << "";
  file_.append("three");
  EXPECT_EQ(content_of(path_), "three\n");
  std::filesystem::remove(path_);
  file_.append("four");
  EXPECT_EQ(content_of(path_), "four\n");
  EXPECT_TRUE(complaints_.empty());
}

TEST_F(LogFileTest, AMissingFolderIsToldOnceAndHealed) {
  const auto path = folder_ / "log" / "holdfast.log";
  LogFile file(path, [this](const std::string& text) { complaints_.push_back(text); });
  file.append("one");
  file.append("two");
  EXPECT_EQ(complaints_, (std::vector<std::string>{"cannot write " + path.string() +
                                                   ": No such file or directory; going on without it"}));
  std::filesystem::create_directory(folder_ / "log");
  file.append("three");
  EXPECT_EQ(content_of(path), "three\n");
  ASSERT_EQ(complaints_.size(), 2U);
  EXPECT_EQ(complaints_[1], path.string() + " is written again; 2 lines were lost");
}

TEST_F(LogFileTest, AFullDiskIsToldOnceAndATornLineIsEnded) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=16k") != 0)
    GTEST_SKIP() << "needs the right to mount";
  const std::string line(3000, 'x');
  for (int i = 0; i < 10; ++i) file_.append(line);
  ASSERT_EQ(complaints_.size(), 1U);
  EXPECT_EQ(complaints_[0], "cannot write " + path_.string() + ": No space left on device; going on without it");
  const std::string full = content_of(path_);
  EXPECT_NE(full.back(), '\n');

  ASSERT_EQ(::mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_REMOUNT, "size=64k"), 0);
  file_.append("again");
  EXPECT_EQ(content_of(path_), full + "\nagain\n");
  EXPECT_EQ(complaints_.size(), 2U);
  ::umount2(folder_.path().c_str(), MNT_DETACH);  // the log still has its file open
}

}  // namespace
}  // namespace holdfast::logging
