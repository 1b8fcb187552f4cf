// The supervisor with programs that are not corosync: what it refuses, how it starts, how it starts again. With real
// corosync: engine_test.py.
#include "adapters/corosync/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "adapters/corosync/files.h"
#include "adapters/corosync/process.h"

namespace holdfast::corosync {
namespace {

using ::testing::HasSubstr;

class SupervisorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder);
    write("key", std::string(256, 'k'));
    paths = {program("exec sleep 60"), folder + "/key", folder + "/run", folder + "/log"};
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& bytes) { std::ofstream(folder + "/" + name) << bytes; }
  std::string program(const std::string& script) {
    write("program", "#!/bin/sh\n" + script + "\n");
    chmod((folder + "/program").c_str(), 0755);
    return folder + "/program";
  }
  std::string start() {
    const auto started = supervisor().start("text\n");
    return started ? "" : started.error().text;
  }
  Supervisor& supervisor() {
    if (!supervisor_)
      supervisor_ = std::make_unique<Supervisor>(loop, paths, [this](const Notice& n) { notices.push_back(n); });
    return *supervisor_;
  }
  int count(NoticeKind kind) const {
    return static_cast<int>(
        std::count_if(notices.begin(), notices.end(), [kind](const Notice& n) { return n.kind == kind; }));
  }
  pid_t running() const { return std::stoi(read_file(paths.pid_file()).value_or("0")); }

  const std::string folder =
      (std::filesystem::temp_directory_path() / ("supervisor_test." + std::to_string(getpid()))).string();
  boost::asio::io_context loop;
  SupervisorPaths paths;
  std::vector<Notice> notices;
  std::unique_ptr<Supervisor> supervisor_;
};

TEST_F(SupervisorTest, SaysThatCorosyncIsNotInstalled) {
  paths.program = folder + "/nowhere";
  EXPECT_THAT(start(), HasSubstr("corosync is not installed"));
}

TEST_F(SupervisorTest, SaysThatTheKeyIsMissingOrTooShort) {
  paths.key_file = folder + "/no-key";
  EXPECT_THAT(start(), HasSubstr("no-key cannot be read: No such file"));
  supervisor_.reset();
  write("short", "abc");
  paths.key_file = folder + "/short";
  EXPECT_THAT(start(), HasSubstr("has 3 bytes; allowed are 128 to 4096"));
  EXPECT_FALSE(std::filesystem::exists(paths.pid_file())) << "nothing was started";
}

TEST_F(SupervisorTest, StartsItInASessionOfItsOwnWithCleanSignalsAndDescriptors) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigset_t before;
  sigprocmask(SIG_BLOCK, &blocked, &before);
  const int leak = dup(STDOUT_FILENO);  // not close-on-exec
  EXPECT_EQ(start(), "");
  sigprocmask(SIG_SETMASK, &before, nullptr);
  close(leak);

  const pid_t pid = running();
  ASSERT_GT(pid, 0);
  EXPECT_EQ(getsid(pid), pid);
  EXPECT_EQ(sched_getscheduler(pid), SCHED_OTHER);
  EXPECT_FALSE(std::filesystem::exists("/proc/" + std::to_string(pid) + "/fd/" + std::to_string(leak)));
  EXPECT_EQ(read_file(paths.configuration_file()), "text\n");
  struct stat key {};
  EXPECT_EQ(stat(paths.key_in_use().c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777, 0600U);

  supervisor().stop();  // by SIGTERM: it is not blocked there
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_FALSE(std::filesystem::exists(paths.pid_file()));
}

TEST_F(SupervisorTest, LeavesItRunningWhenTheDaemonEnds) {
  EXPECT_EQ(start(), "");
  const pid_t pid = running();
  supervisor_.reset();
  loop.poll();
  EXPECT_EQ(kill(pid, 0), 0);
  end_process(open_process(pid).get(), Millis{1000});
}

TEST_F(SupervisorTest, StartsItAgainAtOnceThenWithBackOffAndTellsItsLastWords) {
  paths.program = program("echo no good >&2; exit 7");
  EXPECT_EQ(start(), "");
  const auto begin = std::chrono::steady_clock::now();
  while (count(NoticeKind::started) < 4) {
    loop.restart();
    loop.run_one_for(std::chrono::seconds(5));
    ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  }
  // At once, after 100 ms, after 200 ms.
  EXPECT_GE(std::chrono::steady_clock::now() - begin, Millis{300});
  EXPECT_EQ(count(NoticeKind::ended), 3);
  for (const Notice& notice : notices)
    if (notice.kind == NoticeKind::ended) {
      EXPECT_THAT(notice.text, HasSubstr("ended with exit code 7"));
      EXPECT_THAT(notice.text, HasSubstr("no good"));
    }
  supervisor().stop();
}

}  // namespace
}  // namespace holdfast::corosync
