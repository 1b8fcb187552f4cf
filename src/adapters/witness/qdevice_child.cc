#include "adapters/witness/qdevice_child.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "adapters/process/spawn.h"
#include "base/format.h"

namespace holdfast::witness {
namespace {

using std::chrono::seconds;

constexpr auto shortest_pause = seconds(1);
constexpr auto longest_pause = seconds(10);
constexpr auto good_life = seconds(30);

}  // namespace

void QdeviceChild::look() {
  if (process_ && is_readable(process_.get())) ended();
  if (process_ || attach() || Steady::now() < not_before_) return;
  start();
}

bool QdeviceChild::attach() {
  int pid = 0;
  std::ifstream(paths_.lock_file) >> pid;
  std::string name;
  std::getline(std::ifstream(format("/proc/{}/comm", pid)), name);
  if (pid <= 0 || name != std::filesystem::path(paths_.program).filename().string().substr(0, 15)) return false;
  process_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process_ || is_readable(process_.get())) return false;
  pid_ = pid;
  started_ = Steady::now();
  tell_(format("corosync-qdevice (process {}) runs already, attached to it", pid_));
  return true;
}

void QdeviceChild::start() {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(paths_.lock_file).parent_path(), ignored);
  // Its output into a file: a pipe of ours would end it with us.
  Command command;
  command.arguments = {"/bin/sh", "-c", "exec \"$0\" -f >>\"$1\" 2>&1", paths_.program, paths_.log_file};
  command.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  const auto spawned = spawn(command);
  if (!spawned) {
    tell_(spawned.error().text);
    not_before_ = Steady::now() + longest_pause;
    return;
  }
  close(spawned->output);
  process_ = Descriptor(spawned->process);
  pid_ = spawned->pid;
  started_ = Steady::now();
  tell_(format("corosync-qdevice started (process {})", pid_));
}

void QdeviceChild::ended() {
  waitpid(pid_, nullptr, WNOHANG);  // not ours if we attached to it: then somebody else reaps it
  process_.close();
  pause_ = Steady::now() - started_ >= good_life ? Steady::duration(shortest_pause)
                                                 : std::min<Steady::duration>(pause_ * 2, longest_pause);
  not_before_ = Steady::now() + pause_;
  tell_(format("corosync-qdevice (process {}) ended; its last words stand in {}", pid_, paths_.log_file));
}

}  // namespace holdfast::witness
