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
constexpr int marked = -19;  ///< the nice value of a thread that lost its real-time priority: nobody else uses it

/// The engine's threads; none if it does not run.
std::vector<pid_t> threads_of(const std::string& pid_file) {
  std::vector<pid_t> threads;
  std::ifstream file(pid_file);
  pid_t pid = 0;
  if (!(file >> pid) || pid <= 1) return threads;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::string name;
  std::getline(std::ifstream(folder + "/comm") >> std::ws, name);
  if (name != "corosync") return threads;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder + "/task", error), end; !error && entry != end;
       entry.increment(error))
    threads.push_back(std::atoi(entry->path().filename().c_str()));
  return threads;
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

void EnginePriority::give_back() {
  for (const auto& [thread, own] : taken_) {
    if (getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) != marked) continue;  // it is another thread by now
    setpriority(PRIO_PROCESS, static_cast<id_t>(thread), 0);
    sched_setscheduler(thread, SCHED_RR, &own);
  }
  taken_.clear();
}

}  // namespace holdfast::sidechannel
