#include "agents/process/output_log.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr off_t file_limit = 256L * 1024;  // each of the two
constexpr off_t tail_limit = 1024;
constexpr int patience_millis = 200;

int open_empty(const std::string& path) { return open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640); }

/// Reads until the end. A full disk loses output, never the service: what cannot be written is dropped.
[[noreturn]] void keep_reading(int pipe, const std::string& path) {
  setsid();
  for (int number = 1; number < NSIG; ++number)
    if (number != SIGCHLD) signal(number, SIG_IGN);
  int file = open_empty(path);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int standard : {0, 1, 2}) dup2(null, standard);
  dup2(pipe, 3);
  dup2(file, 4);
  close_range(5, ~0U, 0);
  file = 4;
  off_t size = 0;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t got = read(3, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) _exit(0);
    if (size + got > file_limit) {
      rename(path.c_str(), (path + ".1").c_str());
      close(file);
      file = open_empty(path);
      size = 0;
    }
    static_cast<void>(!write(file, buffer.data(), static_cast<std::size_t>(got)));
    size += got;
  }
}

}  // namespace

Result<OutputLog> OutputLog::start(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  unlink((path + ".1").c_str());
  const Descriptor probe{open_empty(path)};
  if (!probe) return failure(format("cannot write {}: {}", path, std::strerror(errno)));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failure(format("pipe: {}", std::strerror(errno)));
  Descriptor reader{ends[0]};
  Descriptor writer{ends[1]};
  // Both ends must stand above the numbers that keep_reading() lays anew.
  const Descriptor high{fcntl(reader.get(), F_DUPFD_CLOEXEC, 10)};
  const pid_t child = fork();
  if (child < 0) return failure(format("fork: {}", std::strerror(errno)));
  if (child == 0) keep_reading(high.get(), path);
  return OutputLog{path, std::move(writer), Descriptor{static_cast<int>(syscall(SYS_pidfd_open, child, 0))}};
}

std::string OutputLog::tail() {
  release();
  pollfd poll{reader_process_.get(), POLLIN, 0};
  ::poll(&poll, 1, patience_millis);
  const Descriptor file{open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return {};
  const off_t size = lseek(file.get(), 0, SEEK_END);
  std::array<char, tail_limit> buffer{};
  const ssize_t got = pread(file.get(), buffer.data(), buffer.size(), std::max<off_t>(0, size - tail_limit));
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string{};
}

}  // namespace holdfast::agent
