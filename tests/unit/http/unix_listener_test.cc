#include "adapters/http/unix_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "unit/http/raw_client.h"
#include "unit/http/served.h"

namespace holdfast::test {
namespace {

using http::UnixListener;
using testing::HasSubstr;

bool exists(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0;
}

TEST(UnixListener, LetsOnlyItsOwnerIn) {
  const TemporaryFolder folder;
  const auto listener = UnixListener::open(folder.file("s"));
  ASSERT_TRUE(listener);
  struct stat found {};
  ASSERT_EQ(::stat(folder.file("s").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600U);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
}

TEST(UnixListener, LeavesNoTrace) {
  const TemporaryFolder folder;
  { ASSERT_TRUE(UnixListener::open(folder.file("s"))); }
  EXPECT_FALSE(exists(folder.file("s")));
}

TEST(UnixListener, ReplacesASocketThatNobodyListensOn) {
  const TemporaryFolder folder;
  auto dead = UnixListener::open(folder.file("s"));
  ASSERT_TRUE(dead);
  ::close(dead->release());  // as a killed daemon leaves it
  ASSERT_TRUE(exists(folder.file("s")));
  const auto next = UnixListener::open(folder.file("s"));
  ASSERT_TRUE(next) << next.error().text;
}

TEST(UnixListener, DoesNotRemoveTheSocketOfAnother) {
  const TemporaryFolder folder;
  auto first = UnixListener::open(folder.file("s"));
  ASSERT_TRUE(first);
  ASSERT_EQ(::unlink(folder.file("s").c_str()), 0);
  const auto second = UnixListener::open(folder.file("s"));
  ASSERT_TRUE(second);
  { const UnixListener gone = std::move(*first); }
  EXPECT_TRUE(exists(folder.file("s")));
}

TEST(UnixListener, LeavesASocketAloneThatSomebodyListensOn) {
  const TemporaryFolder folder;
  const auto first = UnixListener::open(folder.file("s"));
  ASSERT_TRUE(first);
  const auto second = UnixListener::open(folder.file("s"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text, folder.file("s") + ": another process listens there already");
  EXPECT_NO_THROW(RawClient(folder.file("s")));
}

TEST(UnixListener, LeavesAFileAloneThatIsNoSocket) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("s")) << "precious";
  const auto listener = UnixListener::open(folder.file("s"));
  ASSERT_FALSE(listener);
  EXPECT_THAT(listener.error().text, HasSubstr("exists and is no socket"));
  EXPECT_TRUE(exists(folder.file("s")));
}

TEST(UnixListener, SaysWhatIsWrongWithThePath) {
  const TemporaryFolder folder;
  EXPECT_THAT(UnixListener::open(folder.file("none/s")).error().text, HasSubstr("none/s: bind: No such file"));
  EXPECT_THAT(UnixListener::open(std::string(200, 'x')).error().text, HasSubstr("must have 1 to 107 bytes"));
  EXPECT_THAT(UnixListener::open("").error().text, HasSubstr("must have 1 to 107 bytes"));
}

}  // namespace
}  // namespace holdfast::test
