#include "agents/process/group.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/descriptor.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

void send_to_all(pid_t leader, const std::vector<ProcessIdentity>& members, int signal) {
  kill(-leader, signal);  // the group at once, so that nobody forks away in between
  for (const ProcessIdentity& member : members) {
    const auto entry = look_up_process(member.pid);
    // Members of the session that made a group of their own (shells with job control do).
    if (entry && entry->identity == member && entry->group != leader) kill(member.pid, signal);
  }
}

/// Waits until all of `members` have ended, up to `until`.
void wait_for(const std::vector<ProcessIdentity>& members, Clock::time_point until) {
  for (const ProcessIdentity& member : members) {
    // Glibc 2.36's <sys/pidfd.h> cannot be included from C++.
    const Descriptor process{static_cast<int>(syscall(SYS_pidfd_open, member.pid, 0))};
    if (!process || !is_alive(member)) continue;
    const auto left = std::chrono::ceil<Millis>(until - Clock::now());
    pollfd poll{process.get(), POLLIN, 0};
    if (left.count() > 0) ::poll(&poll, 1, static_cast<int>(left.count()));
  }
}

}  // namespace

std::vector<ProcessIdentity> end_group(pid_t leader, int signal, Millis grace, Millis patience) {
  const auto end_of_grace = Clock::now() + grace;
  auto members = living_members(leader);
  send_to_all(leader, members, signal);
  while (!members.empty() && Clock::now() < end_of_grace) {
    wait_for(members, end_of_grace);
    members = living_members(leader);  // it may have started more meanwhile
  }
  const auto end_of_patience = Clock::now() + patience;
  while (!members.empty() && Clock::now() < end_of_patience) {
    send_to_all(leader, members, SIGKILL);
    wait_for(members, std::min(end_of_patience, Clock::now() + Millis{100}));
    members = living_members(leader);
  }
  return members;
}

std::vector<ProcessIdentity> members_of(const ProcessIdentity& identity) {
  const auto entry = look_up_process(identity.pid);
  // A number in use as a group or session is not given to a new process: another start time means that all of
  // ours had ended before.
  if (entry && entry->identity != identity) return {};
  return living_members(identity.pid);
}

}  // namespace holdfast::agent
