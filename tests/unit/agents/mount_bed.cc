#include "mount_bed.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace holdfast::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno) + " (these tests need root)");
}

}  // namespace

void enter_own_mounts() {
  static bool entered = false;
  if (entered) return;
  if (unshare(CLONE_NEWNS) != 0) fail("mount namespace");
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) fail("private mounts");
  // Of libmount and libblkid: what they record about this test belongs to it.
  if (mount("tmpfs", "/run", "tmpfs", 0, nullptr) != 0) fail("/run");
  std::filesystem::create_directories("/run/mount");
  entered = true;
}

MountFolder::MountFolder() { enter_own_mounts(); }

MountFolder::~MountFolder() {
  // Lazily, deepest first: a failed test must not leave a mount in the way of removing the folder.
  shell("for m in $(awk '{print $5}' /proc/self/mountinfo | grep '^" + path() + "/' | sort -r); do umount -l $m; done");
}

std::string MountFolder::make(const std::string& name) const {
  std::filesystem::create_directories(path() + "/" + name);
  return path() + "/" + name;
}

Process::Process(const std::string& line) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  pid_ = fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    dup2(ends[1], 1);
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  pollfd poll{ends[0], POLLIN, 0};
  char byte = 0;
  const bool ready = ::poll(&poll, 1, 10000) == 1 && read(ends[0], &byte, 1) == 1;
  close(ends[0]);
  if (!ready) throw std::runtime_error("not ready: " + line);
}

Process::~Process() {
  if (ended_by() != 0) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

int Process::ended_by() {
  int status = 0;
  if (ended_by_ == 0 && waitpid(pid_, &status, WNOHANG) == pid_)
    ended_by_ = WIFSIGNALED(status) ? WTERMSIG(status) : -1;
  return ended_by_;
}

std::string LoopDevice::missing() {
  const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) return std::string{"/dev/loop-control: "} + std::strerror(errno);
  const int number = ioctl(control, LOOP_CTL_GET_FREE);
  const int error = errno;
  close(control);
  if (number < 0) return std::string{"no free loop device: "} + std::strerror(error);
  const std::string path = "/dev/loop" + std::to_string(number);
  return access(path.c_str(), R_OK | W_OK) == 0 ? "" : path + ": " + std::strerror(errno);
}

LoopDevice::LoopDevice(const std::string& file, bool read_only) {
  const int image = open(file.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
  if (image < 0) fail(file);
  loop_config config{};
  config.fd = static_cast<__u32>(image);
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR | (read_only ? LO_FLAGS_READ_ONLY : 0);
  const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) fail("/dev/loop-control");
  for (int attempt = 0; attempt < 100 && device_ < 0; ++attempt) {  // others take free ones as well
    path_ = "/dev/loop" + std::to_string(ioctl(control, LOOP_CTL_GET_FREE));
    device_ = open(path_.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (device_ >= 0 && ioctl(device_, LOOP_CONFIGURE, &config) == 0) break;
    const int error = errno;
    if (device_ >= 0) close(device_);
    device_ = -1;
    errno = error;
    if (error != EBUSY) break;
  }
  const int error = errno;
  close(control);
  close(image);
  errno = error;
  if (device_ < 0) fail("loop device");
}

LoopDevice::~LoopDevice() { close(device_); }

}  // namespace holdfast::test
