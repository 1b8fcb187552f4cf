#include "adapters/files/instance_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "../temporary_folder.h"
#include "adapters/files/boot_id.h"

namespace holdfast::files {
namespace {

TEST(InstanceLock, ASecondOneIsRefusedAndToldWhoHoldsIt) {
  const TemporaryFolder folder;
  const auto file = folder / "holdfast" / "holdfastd.lock";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t holder = ::fork();
  if (holder == 0) {
    const auto lock = acquire_instance_lock(file);
    [[maybe_unused]] const ssize_t told = ::write(ready[1], lock ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');

  const auto refused = acquire_instance_lock(file);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, "another holdfastd (process " + std::to_string(holder) +
                                      ") runs on this machine: it holds " + file.string());

  // However the holder dies, the lock is free then, and the file's old number does not matter.
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  const auto mine = acquire_instance_lock(file);
  ASSERT_TRUE(mine) << mine.error().text;
  EXPECT_EQ(content_of(file), std::to_string(::getpid()) + "\n");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(InstanceLock, IsLetGoAtTheEndOfItsLife) {
  const TemporaryFolder folder;
  { ASSERT_TRUE(acquire_instance_lock(folder / "lock")); }
  ASSERT_TRUE(acquire_instance_lock(folder / "lock"));
}

TEST(InstanceLock, IsNotPassedOnToPrograms) {
  const TemporaryFolder folder;
  pid_t program = -1;
  {
    const auto lock = acquire_instance_lock(folder / "lock");
    ASSERT_TRUE(lock);
    int running[2];
    ASSERT_EQ(::pipe(running), 0);
    program = ::fork();
    if (program == 0) {
      ::dup2(running[1], 1);
      ::execl("/bin/sh", "sh", "-c", "echo; exec sleep 60", nullptr);
      ::_exit(127);
    }
    char line = 0;
    ASSERT_EQ(::read(running[0], &line, 1), 1);  // it has been exec'ed
    ::close(running[0]);
    ::close(running[1]);
  }
  EXPECT_TRUE(acquire_instance_lock(folder / "lock"));
  ::kill(program, SIGKILL);
  ::waitpid(program, nullptr, 0);
}

TEST(InstanceLock, AFolderThatIsNoneIsOneClearError) {
  const TemporaryFolder folder;
  put(folder / "file", "");
  const auto lock = acquire_instance_lock(folder / "file" / "lock");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().text, "cannot open " + (folder / "file" / "lock").string() + ": Not a directory");
}

TEST(BootId, IsReadAndLooksLikeOne) {
  const auto id = read_boot_id();
  ASSERT_TRUE(id) << id.error().text;
  EXPECT_EQ(id->size(), 36U);
  EXPECT_EQ(id->at(8), '-');
  EXPECT_EQ(read_boot_id(), id);
}

TEST(BootId, SomethingElseIsRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_boot_id(folder / "id").error().text, "there is no " + (folder / "id").string());
  put(folder / "id", "42\n");
  EXPECT_EQ(read_boot_id(folder / "id").error().text, (folder / "id").string() + " is not a boot id");
}

}  // namespace
}  // namespace holdfast::files
