#include "agents/filesystem/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr Millis kill_patience{200};
constexpr std::size_t longest_text = 4096;  // a pipe takes that without waiting for us

[[noreturn]] void carry_out(const std::function<Answer()>& work, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Answer answer;
  try {
    answer = work();
  } catch (const std::exception& error) {
    answer = {ExitCode::generic, std::string{"internal error: "} + error.what()};
  }
  const std::size_t size = std::min(answer.text.size(), longest_text);
  static_cast<void>(!write(report, answer.text.data(), size));
  _exit(static_cast<int>(answer.code));
}

Answer answer_of(pid_t child, int report) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  std::array<char, longest_text> buffer{};
  const ssize_t got = read(report, buffer.data(), buffer.size());
  std::string text(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  if (WIFSIGNALED(status)) return {ExitCode::generic, format("ended by signal {}", WTERMSIG(status))};
  return {static_cast<ExitCode>(WEXITSTATUS(status)), std::move(text)};
}

void forget(const std::string& record) {
  if (!record.empty()) unlink(record.c_str());
}

}  // namespace

bool await_end(const ProcessIdentity& process, std::optional<Millis> limit) {
  // Glibc 2.36's <sys/pidfd.h> cannot be included from C++.
  const Descriptor handle{static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0))};
  if (!handle || !is_alive(process)) return true;
  pollfd poll{handle.get(), POLLIN, 0};
  return ::poll(&poll, 1, limit ? static_cast<int>(std::max<long>(0, limit->count())) : -1) > 0;
}

std::optional<Answer> in_child(const std::function<Answer()>& work, std::optional<Millis> limit,
                               const std::string& record) {
  const auto began = std::chrono::steady_clock::now();
  if (const auto earlier = record.empty() ? std::nullopt : read_process_record(record)) {
    if (!await_end(*earlier, limit)) return std::nullopt;
    forget(record);
    if (limit) *limit -= std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began);
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Answer{ExitCode::generic, format("pipe: {}", std::strerror(errno))};
  const Descriptor report{ends[0]};
  Descriptor other{ends[1]};
  const pid_t child = fork();
  if (child < 0) return Answer{ExitCode::generic, format("fork: {}", std::strerror(errno))};
  if (child == 0) carry_out(work, other.get());
  other.close();
  const auto entry = look_up_process(child);
  const ProcessIdentity identity = entry ? entry->identity : ProcessIdentity{child, 0};
  if (!record.empty()) static_cast<void>(write_process_record(record, identity));
  if (await_end(identity, limit)) {
    forget(record);
    return answer_of(child, report.get());
  }
  kill(child, SIGKILL);
  if (await_end(identity, kill_patience)) {
    waitpid(child, nullptr, 0);
    forget(record);
  }
  return std::nullopt;
}

}  // namespace holdfast::agent
