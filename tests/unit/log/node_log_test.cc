#include "adapters/log/node_log.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <vector>

#include "../temporary_folder.h"

namespace holdfast::logging {
namespace {

using ::testing::HasSubstr;

LogLine line(std::string text) {
  return {Severity::warning, "core", "start", ResourceName{"web"}, 42, std::move(text)};
}

NodeLogSettings settings(std::filesystem::path file) {
  NodeLogSettings settings;
  settings.file = std::move(file);
  settings.node = "alpha";
  return settings;
}

TEST(NodeLog, WritesWholeLinesInTheirOrder) {
  const TemporaryFolder folder;
  std::string heard;
  NodeLogSettings with = settings(folder / "holdfast.log");
  with.also = [&heard](const std::string& whole) { heard += whole + "\n"; };
  NodeLog log(with);
  for (int i = 0; i < 500; ++i) log.write(line("number " + std::to_string(i)));
  ASSERT_TRUE(log.flush(Millis{10000}));
  const std::string content = content_of(folder / "holdfast.log");
  EXPECT_EQ(content, heard);
  EXPECT_THAT(content,
              HasSubstr(" alpha holdfastd[" + std::to_string(::getpid()) + "]: WARN:core:start:web:000042:number 7\n"));
}

TEST(NodeLog, TheLastLinesAreWrittenAtTheEnd) {
  const TemporaryFolder folder;
  {
    NodeLog log(settings(folder / "holdfast.log"));
    log.write(line("the last words"));
  }
  EXPECT_THAT(content_of(folder / "holdfast.log"), HasSubstr("the last words\n"));
}

TEST(NodeLog, LastWordsAreKeptAlsoWhenNothingWaits) {
  const TemporaryFolder folder;
  NodeLog log(settings(folder / "holdfast.log"));
  log.write(line("this node is reset"));
  EXPECT_TRUE(log.keep(Millis{10000}));
  EXPECT_THAT(content_of(folder / "holdfast.log"), HasSubstr("this node is reset\n"));
  EXPECT_TRUE(log.keep(Millis{10000}));
  log.write(line("and goes on"));
  EXPECT_TRUE(log.flush(Millis{10000}));
}

// A pipe that nobody reads blocks whoever opens it, as a hung disk would.
TEST(NodeLog, AFileThatBlocksDoesNotBlockTheWriter) {
  const TemporaryFolder folder;
  const auto pipe = folder / "holdfast.log";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  int heard = 0;
  NodeLogSettings with = settings(pipe);
  with.queue = 10;
  with.also = [&heard](const std::string&) { ++heard; };
  NodeLog log(with);
  for (int i = 0; i < 1000; ++i) log.write(line("x"));
  EXPECT_EQ(heard, 1000);
  EXPECT_FALSE(log.flush(Millis{20}));
  EXPECT_FALSE(log.keep(Millis{20}));
  // A reader comes: the thread goes on.
  std::ifstream reader(pipe);
  EXPECT_TRUE(log.flush(Millis{10000}));
}

// The journal's own socket, in a mount namespace of this process.
TEST(NodeLog, SendsToTheJournalToo) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", "/run", "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "needs the right to mount";
  std::filesystem::create_directories("/run/systemd/journal");
  const int journal = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, "/run/systemd/journal/socket");
  ASSERT_EQ(::bind(journal, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  const timeval patience{10, 0};
  ::setsockopt(journal, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));

  const TemporaryFolder folder;
  NodeLog log(settings(folder / "holdfast.log"));
  log.write(line("two\nlines"));
  std::string entry(4096, '\0');
  const ssize_t got = ::recv(journal, entry.data(), entry.size(), 0);
  ASSERT_GT(got, 0);
  entry.resize(static_cast<std::size_t>(got));
  EXPECT_EQ(entry,
            "MESSAGE=WARN:core:start:web:000042:two\\nlines\nPRIORITY=4\nSYSLOG_IDENTIFIER=holdfastd\n"
            "HOLDFAST_NODE=alpha\nHOLDFAST_MODULE=core\nHOLDFAST_RESOURCE=web\nHOLDFAST_ID=000042\n");
  EXPECT_TRUE(log.flush(Millis{10000}));
  ::close(journal);
  ::umount("/run");
}

}  // namespace
}  // namespace holdfast::logging
