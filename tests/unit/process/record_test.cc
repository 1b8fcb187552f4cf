// K7: the record of a process names it and no other.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapters/process/process_record.h"

namespace holdfast {
namespace {

class RecordTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-record-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(RecordTest, ReadsWhatWasWritten) {
  const std::string path = process_record_path(folder_, "web");
  ASSERT_TRUE(write_process_record(path, {1234, 567890}));
  EXPECT_EQ(read_process_record(path), (ProcessIdentity{1234, 567890}));
}

TEST_F(RecordTest, NoNameLeavesTheFolder) {
  EXPECT_EQ(process_record_path("/run/x", "../../etc/passwd"), "/run/x/process/_.._.._etc_passwd");
  EXPECT_EQ(process_record_path("/run/x", ""), "/run/x/process/_");
}

TEST_F(RecordTest, NonsenseIsNoRecord) {
  for (const char* text : {"", "x", "12", "0 5", "1 5", "-7 5"}) {
    std::ofstream(folder_ + "/r") << text;
    EXPECT_FALSE(read_process_record(folder_ + "/r")) << text;
  }
  EXPECT_FALSE(read_process_record(folder_ + "/none"));
}

TEST_F(RecordTest, AnUnwritablePlaceIsAnError) {
  const auto written = write_process_record("/proc/none/web", {1234, 1});
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().text.find("/proc/none/web"), std::string::npos);
}

TEST(ProcessTable, KnowsThisProcess) {
  const auto own = look_up_process(getpid());
  ASSERT_TRUE(own);
  EXPECT_FALSE(own->ended);
  EXPECT_EQ(own->group, getpgrp());
  EXPECT_EQ(own->session, getsid(0));
  EXPECT_TRUE(is_alive(own->identity));
  EXPECT_FALSE(is_alive({own->identity.pid, own->identity.start_ticks + 1})) << "another process with our number";
}

TEST(ProcessTable, AZombieHasEnded) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t ended{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  const auto entry = look_up_process(child);
  ASSERT_TRUE(entry);
  EXPECT_TRUE(entry->ended);
  EXPECT_FALSE(is_alive(entry->identity));
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(look_up_process(child));
}

TEST(ProcessTable, ANameWithBracketsAndBlanksIsRead) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    std::ofstream("/proc/self/comm") << "a) R 1 (b";
    static_cast<void>(!write(ready[1], "x", 1));
    pause();
    _exit(0);
  }
  char word = 0;
  ASSERT_EQ(read(ready[0], &word, 1), 1);
  const auto entry = look_up_process(child);
  ASSERT_TRUE(entry);
  EXPECT_FALSE(entry->ended);
  EXPECT_EQ(entry->group, getpgrp());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
}

}  // namespace
}  // namespace holdfast
