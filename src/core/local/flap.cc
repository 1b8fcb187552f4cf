#include "core/local/flap.h"

#include <algorithm>

namespace holdfast::core {

void FlapJudge::on_change(NodeId peer, bool answers, Instant now) {
  Peer& p = peers_[peer];
  if (p.answers == answers) return;
  restless(peer, now);  // what ended before this change has ended
  p.answers = answers;
  p.since = now;
  if (answers) return;
  while (!p.failures.empty() && now - p.failures.front() > limits_.within) p.failures.pop_front();
  p.failures.push_back(now);
  if (p.restless || p.failures.size() < limits_.failures) return;
  p.restless = true;
  p.wait = std::clamp(p.wait * 2, limits_.steady, limits_.most_steady);
}

bool FlapJudge::restless(NodeId peer, Instant now) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return false;
  Peer& p = found->second;
  // A peer that is silent for so long is plainly gone: its return is no flap.
  if (p.restless && now - p.since >= p.wait) {
    p.restless = false;
    p.failures.clear();
  }
  // Long calm forgives: the next time begins with the short wait.
  if (!p.restless && now - p.since >= limits_.most_steady * 5) p.wait = Micros{0};
  return p.restless;
}

bool FlapJudge::any_restless() const {
  return std::any_of(peers_.begin(), peers_.end(), [](const auto& entry) { return entry.second.restless; });
}

}  // namespace holdfast::core
