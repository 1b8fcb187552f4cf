// K2's stop: its users are ended, and nobody else; what cannot be unmounted is never called stopped (F4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "agents/filesystem/mounts.h"
#include "mount_bed.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

class FilesystemUsersTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(agent_.call("start").exit_code, 0); }
  bool mounted() const { return !agent::stack_at(agent::read_mounts().value(), place_).empty(); }
  void expect_stopped() {
    const RunResult result = agent_.call("stop");
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_FALSE(mounted());
  }

  MountFolder folder_;
  std::string source_ = folder_.make("source");
  std::string place_ = folder_.make("place");
  Agent agent_{"filesystem",
               {{"device", source_}, {"mount_point", place_}, {"options", "bind"}, {"kill_after", "1"}},
               folder_.make("run")};
};

TEST_F(FilesystemUsersTest, AShellThatWorksInIt) {
  Process shell_inside{"cd " + folder_.make("place/deep") + " && echo . && sleep 1000; :"};
  expect_stopped();
  EXPECT_EQ(shell_inside.ended_by(), SIGTERM);
}

TEST_F(FilesystemUsersTest, AnOpenFile) {
  Process writer{"exec 7>" + place_ + "/log; echo .; exec sleep 1000"};
  expect_stopped();
  EXPECT_EQ(writer.ended_by(), SIGTERM);
}

TEST_F(FilesystemUsersTest, AMappedFile) {  // no descriptor is left
  shell("head -c 8192 /dev/zero > " + place_ + "/map");
  Process mapper{"exec python3 -c 'import mmap, time\nf = open(\"" + place_ +
                 "/map\", \"r+b\")\nm = mmap.mmap(f.fileno(), 0)\nf.close()\n"
                 "import os\nos.write(1, b\".\\n\")\ntime.sleep(1000)'"};
  expect_stopped();
  EXPECT_EQ(mapper.ended_by(), SIGTERM);
}

TEST_F(FilesystemUsersTest, AProgramThatRunsFromIt) {
  std::filesystem::copy_file("/usr/bin/sleep", place_ + "/own-sleep");
  Process program{"echo .; exec " + place_ + "/own-sleep 1000"};
  for (const auto end = Clock::now() + 5s;
       std::filesystem::read_symlink("/proc/" + std::to_string(program.pid()) + "/exe") != place_ + "/own-sleep" &&
       Clock::now() < end;)
    usleep(1000);
  expect_stopped();
  EXPECT_EQ(program.ended_by(), SIGTERM);
}

TEST_F(FilesystemUsersTest, AChrootAndABoundSocket) {
  Process jailed{"cp -a --parents /bin/sleep /lib/x86_64-linux-gnu/libc.so.6 /lib64/ld-linux-x86-64.so.2 " + place_ +
                 " 2>&-; exec python3 -c 'import os, time\nos.chroot(\"" + place_ +
                 "\")\nos.write(1, b\".\\n\")\ntime.sleep(1000)'"};
  Process listener{"exec python3 -c 'import os, socket, time\ns = socket.socket(socket.AF_UNIX)\ns.bind(\"" + place_ +
                   "/s\")\nos.write(1, b\".\\n\")\ntime.sleep(1000)'"};
  expect_stopped();
  EXPECT_EQ(jailed.ended_by(), SIGTERM);
  EXPECT_EQ(listener.ended_by(), SIGTERM);
}

TEST_F(FilesystemUsersTest, WhoIgnoresTermIsKilledAfterItsTime) {
  Process stubborn{"trap '' TERM; cd " + place_ + "; echo .; while :; do sleep 1; done"};
  const auto began = Clock::now();
  expect_stopped();
  EXPECT_GE(Clock::now() - began, 1s) << "kill_after";
  EXPECT_EQ(stubborn.ended_by(), SIGKILL);
}

TEST_F(FilesystemUsersTest, AStoppedProcessIsEndedInOrder) {
  Process stopped{"trap 'exit 3' TERM; cd " + place_ + "; echo .; while :; do sleep 0.1; done"};
  kill(stopped.pid(), SIGSTOP);
  expect_stopped();
  EXPECT_EQ(stopped.ended_by(), -1) << "its own trap ended it";
}

TEST_F(FilesystemUsersTest, WhatIsMountedOnItGoesFirst) {
  shell("mount -t tmpfs one " + folder_.make("place/one"));
  shell("mount -t tmpfs two " + folder_.make("place/one/two"));
  Process inside{"cd " + place_ + "/one/two; echo .; exec sleep 1000"};
  expect_stopped();
  EXPECT_EQ(inside.ended_by(), SIGTERM);
  EXPECT_EQ(shell("grep -c " + place_ + " /proc/self/mountinfo"), "0\n");
}

TEST_F(FilesystemUsersTest, NobodyElseIsTouched) {
  Process at_the_source{"cd " + source_ + "; exec 7>f; echo .; exec sleep 1000"};  // the same device and folder
  Process beside{"cd " + folder_.make("place-2") + "; echo .; exec sleep 1000"};   // a path that begins alike
  Process elsewhere{"exec unshare -m sh -c 'umount " + place_ + "; cd " + place_ + "; echo .; exec sleep 1000'"};
  Process user{"cd " + place_ + "; echo .; exec sleep 1000"};
  expect_stopped();
  EXPECT_EQ(user.ended_by(), SIGTERM);
  EXPECT_EQ(at_the_source.ended_by(), 0);
  EXPECT_EQ(beside.ended_by(), 0);
  EXPECT_EQ(elsewhere.ended_by(), 0) << "the same path in another mount namespace is another place";
}

TEST_F(FilesystemUsersTest, WhoStartedTheAgentIsNotEnded) {
  ASSERT_EQ(chdir(place_.c_str()), 0);
  const RunResult result = agent_.call("stop");
  ASSERT_EQ(chdir("/"), 0);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("is used by process " + std::to_string(getpid())), HasSubstr("Holdfast itself depends")));
  EXPECT_TRUE(mounted());
}

TEST_F(FilesystemUsersTest, AUserInTheKernelIsAFailureWithinTheTime) {  // F4
  if (const std::string why = LoopDevice::missing(); !why.empty()) GTEST_SKIP() << why;
  shell("head -c 1M /dev/zero > " + place_ + "/image");
  const auto loop = std::make_unique<LoopDevice>(place_ + "/image");
  const auto began = Clock::now();
  const RunResult result = agent_.call("stop", Millis{3000});
  EXPECT_LT(Clock::now() - began, 3s) << "before the runner would kill it";
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, AllOf(HasSubstr("busy"), HasSubstr(place_ + "/image is attached as loop")));
  EXPECT_TRUE(mounted()) << "no lazy unmount";
}

}  // namespace
}  // namespace holdfast::test
