#include "agents/process/launch.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t output_limit = 1024;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failure(format("pipe: {}", std::strerror(errno)));
  return Pipe{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

struct User {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;
  std::string home;
};

Result<std::optional<User>> find_user(const std::string& wanted) {
  if (wanted.empty()) return std::nullopt;
  const bool number = wanted.find_first_not_of("0123456789") == std::string::npos;
  const passwd* entry =
      number ? getpwuid(static_cast<uid_t>(std::strtoul(wanted.c_str(), nullptr, 10))) : getpwnam(wanted.c_str());
  if (entry == nullptr) return failure(format("user {} does not exist on this node", wanted));
  return User{entry->pw_uid, entry->pw_gid, entry->pw_name, entry->pw_dir};
}

/// What the child tells if it did not get as far as exec.
struct Trouble {
  int error = 0;
  char step = 0;  ///< r: record, d: directory, u: user, e: exec
};

[[noreturn]] void give_up(int report, char step) {
  const Trouble trouble{errno, step};
  static_cast<void>(!write(report, &trouble, sizeof trouble));
  _exit(127);
}

enum class Apart : std::uint8_t { session, group, no };

struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::optional<User> user;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

void reset_signals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
}

/// The child's part up to exec.
[[noreturn]] void become(const Program& program, const Prepared& prepared, Apart apart, int output, int report) {
  if (apart == Apart::session) setsid();
  if (apart == Apart::group) setpgid(0, 0);
  reset_signals();
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(null, 0);
  dup2(output, 1);
  dup2(output, 2);
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (const auto& user = prepared.user) {
    if (initgroups(user->name.c_str(), user->group) != 0 || setgid(user->group) != 0 || setuid(user->user) != 0)
      give_up(report, 'u');
  }
  if (apart == Apart::group) prctl(PR_SET_PDEATHSIG, SIGKILL);  // a check does not outlive us
  if (chdir(program.directory.c_str()) != 0) give_up(report, 'd');
  umask(022);
  execvpe(prepared.arguments[0], prepared.arguments.data(), prepared.environment.data());
  give_up(report, 'e');
}

Error explain(const Program& program, const Trouble& trouble) {
  const char* why = std::strerror(trouble.error);
  if (trouble.step == 'r') return Error{format("cannot write the record of {}: {}", program.arguments[0], why)};
  if (trouble.step == 'd') return Error{format("cannot enter directory {}: {}", program.directory, why)};
  if (trouble.step == 'u') return Error{format("cannot become user {}: {}", program.user, why)};
  return Error{format("cannot run {}: {}", program.arguments[0], why)};
}

Result<Prepared> prepare(const Program& program) {
  auto user = find_user(program.user);
  if (!user) return tl::unexpected(user.error());
  return Prepared{pointers(program.arguments), pointers(program.environment), *user};
}

/// What `report` brings: nothing at its end means that exec succeeded.
Result<void> await_exec(const Program& program, pid_t child, int report) {
  Trouble trouble;
  ssize_t got = 0;
  do got = read(report, &trouble, sizeof trouble);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return {};
  waitpid(child, nullptr, 0);
  return tl::unexpected(explain(program, trouble));
}

void keep_tail(std::string& text, const char* more, std::size_t size) {
  text.append(more, size);
  if (text.size() > 2 * output_limit) text.erase(0, text.size() - output_limit);
}

/// Collects output until `process` ends or the time is over. True if it ended.
bool watch_check(int process, int output, std::optional<Clock::time_point> until, std::string& text) {
  std::array<char, 4096> buffer{};
  bool open = true;
  for (;;) {
    int wait = -1;
    if (until) {
      const auto left = std::chrono::ceil<Millis>(*until - Clock::now());
      if (left.count() <= 0) return false;
      wait = static_cast<int>(left.count());
    }
    std::array<pollfd, 2> polls{pollfd{process, POLLIN, 0}, pollfd{open ? output : -1, POLLIN, 0}};
    if (poll(polls.data(), polls.size(), wait) < 0) continue;
    if (polls[1].revents != 0) {
      const ssize_t got = read(output, buffer.data(), buffer.size());
      if (got > 0) keep_tail(text, buffer.data(), static_cast<std::size_t>(got));
      if (got == 0) open = false;
      continue;  // all output before the end
    }
    if (polls[0].revents != 0) return true;
  }
}

int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

Result<ProcessIdentity> launch_service(const Program& program, int output, const std::string& record) {
  auto prepared = prepare(program);
  if (!prepared) return tl::unexpected(prepared.error());
  auto report = make_pipe();
  if (!report) return failure("pipe: " + std::string{std::strerror(errno)});
  const pid_t child = fork();
  if (child < 0) return failure(format("fork: {}", std::strerror(errno)));
  if (child == 0) {
    // By the child itself, so that nobody waits for anybody in between.
    const auto entry = look_up_process(getpid());
    if (!write_process_record(record, entry ? entry->identity : ProcessIdentity{getpid(), 0}))
      give_up(report->write.get(), 'r');
    become(program, *prepared, Apart::session, output, report->write.get());
  }
  report->write.close();
  const auto entry = look_up_process(child);
  const ProcessIdentity identity = entry ? entry->identity : ProcessIdentity{child, 0};
  const auto running = await_exec(program, child, report->read.get());
  if (!running) {
    unlink(record.c_str());
    return tl::unexpected(running.error());
  }
  return identity;
}

Result<CheckResult> run_check(const Program& program, std::optional<Millis> limit) {
  auto prepared = prepare(program);
  if (!prepared) return tl::unexpected(prepared.error());
  auto report = make_pipe();
  auto output = make_pipe();
  if (!report || !output) return failure("pipe: " + std::string{std::strerror(errno)});
  const pid_t child = fork();
  if (child < 0) return failure(format("fork: {}", std::strerror(errno)));
  if (child == 0) {
    become(program, *prepared, limit ? Apart::group : Apart::no, output->write.get(), report->write.get());
  }
  report->write.close();
  output->write.close();
  const Descriptor process{static_cast<int>(syscall(SYS_pidfd_open, child, 0))};
  if (auto running = await_exec(program, child, report->read.get()); !running) return tl::unexpected(running.error());
  CheckResult out;
  fcntl(output->read.get(), F_SETFL, O_NONBLOCK);
  std::optional<Clock::time_point> until;
  if (limit) until = Clock::now() + *limit;
  const bool ended = watch_check(process.get(), output->read.get(), until, out.output);
  if (!ended) kill(-child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  out.exit_code = ended ? exit_code_of(status) : check_killed;
  if (out.output.size() > output_limit) out.output.erase(0, out.output.size() - output_limit);
  return out;
}

}  // namespace holdfast::agent
