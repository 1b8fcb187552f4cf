#include "adapters/sidechannel/paths.h"

#include <algorithm>

namespace holdfast::sidechannel {

namespace {
/// Probes overtake each other by less than this; a peer's clock that is further back began anew.
constexpr std::uint64_t overtaking = 5'000'000;
}  // namespace

Probe Paths::next(NodeId peer, LinkIndex link, Instant now) const {
  Probe probe;
  probe.to = peer;
  probe.link = link;
  probe.sent = static_cast<std::uint64_t>(now.micros);
  if (const auto found = paths_.find({peer, link}); found != paths_.end()) probe.echo = found->second.newest;
  return probe;
}

void Paths::on_probe(NodeId peer, const Probe& probe, Instant now) {
  Path& path = paths_[{peer, probe.link}];
  if (probe.sent > path.newest || path.newest - probe.sent > overtaking) path.newest = probe.sent;
  if (probe.echo == 0 || probe.echo > static_cast<std::uint64_t>(now.micros)) return;  // not sent by us yet: E3
  const Instant proven{static_cast<std::int64_t>(probe.echo)};
  path.proven = path.ever ? std::max(path.proven, proven) : proven;
  path.ever = true;
}

void Paths::forgive(Micros time) {
  for (auto& [key, path] : paths_) path.proven = path.proven + time;
}

std::vector<ReachPath> Paths::answering(Instant now) const {
  std::vector<ReachPath> answering;
  for (const auto& [key, path] : paths_)
    if (path.ever && now - path.proven < silence_) answering.push_back({key.first, key.second});
  return answering;
}

}  // namespace holdfast::sidechannel
