// A real process that is called corosync and has real-time priority.
#include "adapters/sidechannel/engine_priority.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace holdfast::sidechannel {
namespace {

class Priority : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    char folder[] = "/tmp/holdfast-priority-XXXXXX";
    folder_ = mkdtemp(folder);
    ASSERT_EQ(std::system(("cp /usr/bin/sleep " + folder_ + "/corosync").c_str()), 0);
    child_ = fork();
    if (child_ == 0) {
      execl((folder_ + "/corosync").c_str(), "corosync", "60", nullptr);
      _exit(1);
    }
    while (name_of_child() != "corosync") usleep(1000);
    std::ofstream(pid_file()) << child_ << "\n";
    sched_param parameters{};
    parameters.sched_priority = 7;
    ASSERT_EQ(sched_setscheduler(child_, SCHED_RR, &parameters), 0);
  }
  void TearDown() override {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    if (!folder_.empty()) std::system(("rm -r " + folder_).c_str());
  }
  std::string pid_file() const { return folder_ + "/corosync.pid"; }
  std::string name_of_child() const {
    std::string name;
    std::ifstream("/proc/" + std::to_string(child_) + "/comm") >> name;
    return name;
  }
  int policy() const { return sched_getscheduler(child_); }
  int priority() const {
    sched_param parameters{};
    sched_getparam(child_, &parameters);
    return parameters.sched_priority;
  }
  std::string folder_;
  pid_t child_ = 0;
};

TEST_F(Priority, TakenForAWhileAndGivenBackAsItWas) {
  EnginePriority engine(pid_file());
  engine.take(Instant{1});
  EXPECT_EQ(policy(), SCHED_OTHER);
  engine.take(Instant{1'000'000});  // again: the time begins anew, and what it was is not forgotten
  engine.look(Instant{8'500'000});
  EXPECT_EQ(policy(), SCHED_OTHER);
  engine.look(Instant{9'000'001});
  EXPECT_EQ(policy(), SCHED_RR);
  EXPECT_EQ(priority(), 7);
}

TEST_F(Priority, GivenBackAtTheEnd) {
  { EnginePriority(pid_file()).take(Instant{1}); }
  EXPECT_EQ(policy(), SCHED_RR);
}

TEST_F(Priority, TheNextDaemonGivesBackWhatAKilledOneTook) {
  static EnginePriority* const killed = new EnginePriority(pid_file());  // its destructor never runs
  killed->take(Instant{1});
  ASSERT_EQ(policy(), SCHED_OTHER);
  EnginePriority(pid_file()).restore();
  EXPECT_EQ(policy(), SCHED_RR);
  EXPECT_EQ(priority(), sched_get_priority_max(SCHED_RR));
}

/// The child becomes one with two threads, as the engine has them.
TEST_F(Priority, TheMainLoopComesBelowTheOtherThreads) {
  const int highest = sched_get_priority_max(SCHED_RR);
  const pid_t engine = fork();
  if (engine == 0) {
    prctl(PR_SET_NAME, "corosync");
    sched_param parameters{};
    parameters.sched_priority = sched_get_priority_max(SCHED_RR);
    sched_setscheduler(0, SCHED_RR, &parameters);
    std::thread([] { pause(); }).detach();
    for (;;) pause();
  }
  const std::string tasks = "/proc/" + std::to_string(engine) + "/task";
  const auto other = [&] {
    for (const auto& entry : std::filesystem::directory_iterator(tasks))
      if (const pid_t thread = std::atoi(entry.path().filename().c_str()); thread != engine) return thread;
    return 0;
  };
  const auto step = [](pid_t thread) {
    sched_param parameters{};
    sched_getparam(thread, &parameters);
    return parameters.sched_priority;
  };
  while (other() == 0) usleep(1000);
  std::ofstream(pid_file()) << engine << "\n";
  EnginePriority priority(pid_file());
  priority.look(Instant{1});
  EXPECT_EQ(step(engine), highest - 1);
  EXPECT_EQ(step(other()), highest);
  sched_param inherited{};
  inherited.sched_priority = highest - 1;
  sched_setscheduler(other(), SCHED_RR, &inherited);
  priority.look(Instant{1'000'001});
  EXPECT_EQ(step(engine), highest - 1);
  EXPECT_EQ(step(other()), highest);
  kill(engine, SIGKILL);
  waitpid(engine, nullptr, 0);
}

TEST_F(Priority, AnotherProcessIsLeftAlone) {
  std::ofstream(pid_file()) << getpid() << "\n";
  const int before = sched_getscheduler(0);
  EnginePriority(pid_file()).take(Instant{1});
  EXPECT_EQ(sched_getscheduler(0), before);
  EXPECT_EQ(policy(), SCHED_RR);
}

}  // namespace
}  // namespace holdfast::sidechannel
