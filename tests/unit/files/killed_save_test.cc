// Killed between any two steps of a save, the file holds the old state or the new one, whole (E2). The steps are the
// system calls of the real thing: a child saves, we stop it at each call in turn and kill it there.
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "../temporary_folder.h"
#include "adapters/files/state_file.h"
#include "sample_state.h"

namespace holdfast::files {
namespace {

class SavingChild {
 public:
  SavingChild(const std::filesystem::path& file, const DurableState& state) {
    child_ = ::fork();
    if (child_ != 0) {
      ::waitpid(child_, &status_, 0);
      ::ptrace(PTRACE_SETOPTIONS, child_, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
      return;
    }
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    StateFile store(file);
    ::_exit(store.save(state) ? 0 : 1);
  }
  ~SavingChild() {
    if (!runs()) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, &status_, 0);
  }

  bool runs() const { return WIFSTOPPED(status_); }
  bool done() const { return WIFEXITED(status_) && WEXITSTATUS(status_) == 0; }

  /// Goes on to the next entry into or return from a system call. The number of the call at an entry, else -1.
  long step() {
    ::ptrace(PTRACE_SYSCALL, child_, nullptr, nullptr);
    ::waitpid(child_, &status_, 0);
    if (!runs()) return -1;
    __ptrace_syscall_info call{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, child_, sizeof(call), &call);
    return call.op == PTRACE_SYSCALL_INFO_ENTRY ? static_cast<long>(call.entry.nr) : -1;
  }

 private:
  pid_t child_ = -1;
  int status_ = 0;
};

bool can_trace() {
  const TemporaryFolder folder;
  SavingChild child(folder / "state", sample_state(1));
  return child.runs() && child.step() >= 0;
}

TEST(KilledSave, LeavesTheOldStateOrTheNew) {
  if (!can_trace()) GTEST_SKIP() << "needs ptrace";
  const DurableState old_state = sample_state(1, 5000);
  const DurableState new_state = sample_state(2, 9000);
  int old_found = 0;
  int new_found = 0;
  bool finished = false;
  for (int steps = 1; !finished; ++steps) {
    ASSERT_LT(steps, 200);
    const TemporaryFolder folder;
    StateFile store(folder / "state");
    ASSERT_TRUE(store.save(old_state));
    {
      SavingChild child(folder / "state", new_state);
      for (int i = 0; i < steps && child.runs(); ++i) child.step();
      finished = child.done();
    }
    const auto loaded = store.load();
    ASSERT_TRUE(loaded) << "killed after " << steps << " steps: " << loaded.error().text;
    ASSERT_TRUE(*loaded);
    ASSERT_TRUE(**loaded == old_state || **loaded == new_state) << steps;
    (**loaded == old_state ? old_found : new_found) += 1;
    ASSERT_TRUE(store.save(sample_state(3))) << "the next life cannot save after " << steps << " steps";
  }
  EXPECT_GT(old_found, 4);
  EXPECT_GT(new_found, 2);
}

// What a kill cannot show but a power cut would: the bytes are synced before the name, and the name before the answer.
TEST(KilledSave, SyncsInTheRightOrder) {
  if (!can_trace()) GTEST_SKIP() << "needs ptrace";
  const TemporaryFolder folder;
  std::vector<long> calls;
  SavingChild child(folder / "state", sample_state(1, 5000));
  while (child.runs()) {
    const long call = child.step();
#if defined(SYS_rename)
    const bool is_rename = call == SYS_rename || call == SYS_renameat || call == SYS_renameat2;
#else
    const bool is_rename = call == SYS_renameat || call == SYS_renameat2;
#endif
    if (is_rename) calls.push_back(SYS_renameat2);
    if (call == SYS_write || call == SYS_fsync) calls.push_back(call);
  }
  ASSERT_TRUE(child.done());
  EXPECT_EQ(calls, (std::vector<long>{SYS_write, SYS_fsync, SYS_renameat2, SYS_fsync}));
}

}  // namespace
}  // namespace holdfast::files
