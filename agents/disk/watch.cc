#include "agents/disk/watch.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/reset/kernel_reset.h"
#include "agents/disk/renewal.h"
#include "agents/process/group.h"
#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent::disk {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Millis kill_patience{2000};
constexpr Millis reset_pause{1000};
constexpr std::size_t stack_size = 256 * 1024;
constexpr std::size_t longest_text = 1024;
constexpr int priority = 2;

std::string lock_of(const Settings& settings) { return settings.record + ".lock"; }

/// Into the kernel's log, which no disk and no other process delays.
class KernelLog {
 public:
  explicit KernelLog(std::string resource)
      : file_(open("/dev/kmsg", O_WRONLY | O_NONBLOCK | O_CLOEXEC)), resource_(std::move(resource)) {}

  void write(int level, const std::string& text) const {
    const std::string line = format("<{}>holdfast: disk \"{}\": {}\n", level, resource_, text);
    static_cast<void>(!::write(file_.get(), line.data(), line.size()));
  }

 private:
  Descriptor file_;
  std::string resource_;
};

/// The life of the process. A path that holds its thread in the kernel holds nobody else.
class Watch {
 public:
  Watch(const Settings& settings, std::string unit, int report)
      : settings_(settings), unit_(std::move(unit)), log_(settings.resource), report_(report) {}

  [[noreturn]] void live() {
    for (auto next = Clock::now();; next += renewal_interval) {
      std::this_thread::sleep_until(next);
      look_at_all();
    }
  }

 private:
  struct Worker {
    std::atomic<bool> busy{false};
    std::string last;  ///< what was said of this path; its thread's own, one after the other
  };

  void look_at_all() {
    for (const std::string& device : present_paths(settings_)) {
      auto& worker = workers_[device];
      if (!worker) worker = std::make_shared<Worker>();
      if (worker->busy.exchange(true)) continue;  // the kernel still holds the last one
      std::thread([this, worker = worker, device] {
        tell(*worker, device, look_at(device));
        worker->busy = false;
      }).detach();
    }
  }

  /// Opened anew every time: the name may belong to another disk since the last one.
  Finding look_at(const std::string& device) {
    const auto paths = open_paths({device});
    if (!paths) return {Found::open, paths.error().text};
    Path& path = *paths->front();
    const auto unit = unit_of(path);
    if (!unit) return {Found::open, unit.error().text};
    if (*unit != unit_) return {Found::open, format("device {} is another disk now", device)};
    Claim claim = settings_.claim;
    claim.lasting = lasting_of(*paths);
    return renew(path, claim);
  }

  void tell(Worker& worker, const std::string& device, const Finding& finding) {
    if (finding.found == Found::lost) reset(finding.text);
    if (finding.found == Found::held) first_seen();
    if (finding.text == worker.last) return;
    if (finding.found == Found::held)
      log_.write(5, format("the reservation stands, over {}", device));
    else
      log_.write(4, finding.text);
    worker.last = finding.text;
  }

  void first_seen() {
    const std::lock_guard hold(mutex_);
    if (report_ < 0) return;
    static_cast<void>(!write(report_, "R", 1));
    close(report_);
    report_ = -1;
  }

  /// B2: no unmount, no sync.
  [[noreturn]] void reset(const std::string& why) {
    log_.write(0, format("{}: this node is reset at once", why));
    for (;;) {
      const std::string trouble = KernelReset{}.reset(ResetHow::reboot);
      log_.write(0, trouble);
      std::this_thread::sleep_for(reset_pause);
    }
  }

  const Settings& settings_;
  std::string unit_;
  KernelLog log_;
  std::map<std::string, std::shared_ptr<Worker>> workers_;  ///< by device
  std::mutex mutex_;
  int report_;
};

void leave_the_caller() {
  setsid();
  prctl(PR_SET_NAME, "holdfast-disk");
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  static_cast<void>(!chdir("/"));
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {0, 1, 2}) dup2(null, standard);
}

/// Neither short memory nor load may keep it from looking. What is not granted it does without.
void stay_awake() {
  const Descriptor out_of_memory{open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)};
  static_cast<void>(!write(out_of_memory.get(), "-1000", 5));
  sched_param parameter{};
  parameter.sched_priority = priority;
  static_cast<void>(sched_setscheduler(0, SCHED_RR, &parameter));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_size);
  pthread_setattr_default_np(&attributes);
  static_cast<void>(mlockall(MCL_CURRENT | MCL_FUTURE));
}

[[noreturn]] void complain(int report, const std::string& text) {
  static_cast<void>(!write(report, text.data(), std::min(text.size(), longest_text)));
  _exit(1);
}

/// The lock is the process's, and the kernel's as long as it holds one of its threads: never two.
[[noreturn]] void live(const Settings& settings, const std::string& unit, int lock, int report) {
  leave_the_caller();
  if (flock(lock, LOCK_EX | LOCK_NB) != 0)
    complain(report, "an earlier watch of this disk has not ended: the kernel holds it in a command");
  const auto entry = look_up_process(getpid());
  if (!entry || !write_process_record(settings.record, entry->identity))
    complain(report, "cannot write the record " + settings.record);
  stay_awake();
  Watch(settings, unit, report).live();
}

}  // namespace

std::optional<ProcessIdentity> running_watch(const Settings& settings) {
  const auto known = read_process_record(settings.record);
  return known && is_alive(*known) ? known : std::nullopt;
}

agent::Answer begin_watch(const Settings& settings, const std::string& unit, Millis limit) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(settings.record).parent_path(), error);
  const int lock = open(lock_of(settings).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int ends[2];
  if (lock < 0 || pipe2(ends, O_CLOEXEC) != 0) return {ExitCode::generic, format("watch: {}", std::strerror(errno))};
  const Descriptor ours{lock};
  const Descriptor reader{ends[0]};
  Descriptor writer{ends[1]};
  const pid_t child = fork();
  if (child < 0) return {ExitCode::generic, format("fork: {}", std::strerror(errno))};
  if (child == 0) live(settings, unit, lock, writer.get());
  writer.close();
  std::array<char, longest_text> said{};
  pollfd entry{reader.get(), POLLIN, 0};
  const bool spoke = ::poll(&entry, 1, static_cast<int>(limit.count())) > 0;
  const ssize_t size = spoke ? read(reader.get(), said.data(), said.size()) : 0;
  if (size == 1 && said[0] == 'R') return {};
  kill(child, SIGKILL);
  if (size > 0) return {ExitCode::generic, std::string(said.data(), static_cast<std::size_t>(size))};
  return {ExitCode::generic, format("the watch did not see the reservation within {} ms", limit.count())};
}

bool end_watch(const Settings& settings) {
  const auto known = read_process_record(settings.record);
  const bool ended = !known || known->pid == 0 || members_of(*known).empty() ||
                     end_group(known->pid, SIGKILL, Millis{0}, kill_patience).empty();
  unlink(settings.record.c_str());
  return ended;
}

}  // namespace holdfast::agent::disk
