#include "adapters/sidechannel/engine_priority.h"

#include <sys/resource.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace holdfast::sidechannel {

namespace {

constexpr Micros duration = Millis{8'000};
constexpr Micros order_interval = Millis{1'000};
constexpr int marked = -19;  ///< the nice value of a thread that lost its real-time priority: nobody else uses it

/// The engine's threads, its main loop first; none if it does not run.
std::vector<pid_t> threads_of(const std::string& pid_file) {
  std::vector<pid_t> threads;
  std::ifstream file(pid_file);
  pid_t pid = 0;
  if (!(file >> pid) || pid <= 1) return threads;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::string name;
  std::getline(std::ifstream(folder + "/comm") >> std::ws, name);
  if (name != "corosync") return threads;
  threads.push_back(pid);
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder + "/task", error), end; !error && entry != end;
       entry.increment(error))
    if (const pid_t thread = std::atoi(entry->path().filename().c_str()); thread != pid) threads.push_back(thread);
  return threads;
}

void change(pid_t thread, int from, int to) {
  sched_param parameters{};
  if (sched_getscheduler(thread) != SCHED_RR || sched_getparam(thread, &parameters) != 0) return;
  if (parameters.sched_priority != from) return;
  parameters.sched_priority = to;
  static_cast<void>(sched_setscheduler(thread, SCHED_RR, &parameters));  // it ended, or we have no right: as it was
}

}  // namespace

void EnginePriority::restore() {
  for (const pid_t thread : threads_of(pid_file_)) {
    errno = 0;
    if (getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) != marked || errno != 0) continue;
    sched_param highest{};
    highest.sched_priority = sched_get_priority_max(SCHED_RR);
    taken_[thread] = highest;
  }
  give_back();
}

void EnginePriority::prolong(Instant now) {
  if (!taken_.empty()) until_ = now + duration;
}

void EnginePriority::take(Instant now) {
  until_ = now + duration;
  for (const pid_t thread : threads_of(pid_file_)) {
    sched_param own{};
    if (sched_getscheduler(thread) != SCHED_RR || sched_getparam(thread, &own) != 0) continue;
    const sched_param ordinary{};
    if (sched_setscheduler(thread, SCHED_OTHER, &ordinary) != 0) continue;
    setpriority(PRIO_PROCESS, static_cast<id_t>(thread), marked);
    taken_[thread] = own;
  }
}

void EnginePriority::look(Instant now) {
  if (!taken_.empty() && now >= until_) give_back();
  if (!taken_.empty() || now < next_order_) return;
  next_order_ = now + order_interval;
  const std::vector<pid_t> threads = threads_of(pid_file_);
  const int highest = sched_get_priority_max(SCHED_RR);
  for (const pid_t thread : threads) {
    if (thread == threads.front())
      change(thread, highest, highest - 1);
    else
      change(thread, highest - 1, highest);  // it was made by a main loop that had come down already
  }
}

void EnginePriority::give_back() {
  for (const auto& [thread, own] : taken_) {
    if (getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) != marked) continue;  // it is another thread by now
    setpriority(PRIO_PROCESS, static_cast<id_t>(thread), 0);
    sched_setscheduler(thread, SCHED_RR, &own);
  }
  taken_.clear();
}

}  // namespace holdfast::sidechannel
