#include "core/local/hearing.h"

#include <algorithm>

namespace holdfast::core {

HearingLimits hearing_limits(const Detection& detection) {
  HearingLimits limits;
  // knet's KNET_LINK_PONG_TIMEOUT_BACKOFF is 10; to it comes twice the greatest latency.
  limits.longest_backoff = Micros{detection.link_timeout} * 10 + Millis{3'000};
  return limits;
}

Hearing::Hearing(NodeId self, const ClusterConfig& config, HearingLimits limits, Instant now) : limits_(limits) {
  for (const NodeConfig& node : config.nodes) {
    if (node.id == self) continue;
    Path path;
    path.probes_since = path.up_since = path.polled = now;
    peers_[node.id].paths.assign(node.links.size(), path);
  }
}

void Hearing::on_paths(const std::vector<ReachPath>& answering, Instant now) {
  for (auto& [id, peer] : peers_)
    for (std::uint32_t k = 0; k < peer.paths.size(); ++k) {
      Path& path = peer.paths[k];
      const ReachPath name{id, LinkIndex{k}};
      const bool answers = std::find(answering.begin(), answering.end(), name) != answering.end();
      if (answers == path.probes) continue;
      path.probes = answers;
      path.probes_since = now;
      peer.ever |= answers;
    }
}

void Hearing::on_links(const std::vector<LinkFact>& polled, Instant now) {
  for (const LinkFact& link : polled) {
    const auto found = peers_.find(link.peer);
    if (found == peers_.end() || link.link.value >= found->second.paths.size()) continue;
    Path& path = found->second.paths[link.link.value];
    path.polled = now;
    if (link.up == path.up) continue;
    path.up = link.up;
    path.up_since = now;
    found->second.ever |= link.up;
  }
}

void Hearing::on_stall(Instant now) {
  for (auto& entry : peers_)
    for (Path& path : entry.second.paths)
      if (!path.probes) path.probes_since = now;
}

void Hearing::on_alive(NodeId peer, Instant now) {
  const auto found = peers_.find(peer);
  if (found == peers_.end() || found->second.alive) return;
  found->second.alive = true;
  found->second.alive_since = now;
}

void Hearing::on_lost(NodeId peer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  found->second.alive = false;
  // Its next daemon can only be heard by the engine, which takes its time to start.
  if (std::any_of(unheard_.begin(), unheard_.end(), [peer](const ReachPath& path) { return path.peer == peer; }))
    found->second.ever = false;
}

bool Hearing::by_engine(const Path& path) const {
  if (path.probes || !path.up) return false;
  return path.up_since > path.probes_since || path.polled - path.probes_since >= limits_.longest_backoff;
}

bool Hearing::heard(const Peer& peer, Instant now) const {
  if (!peer.ever && peer.alive && now - peer.alive_since < limits_.grace) return true;
  return std::any_of(peer.paths.begin(), peer.paths.end(),
                     [this](const Path& path) { return path.probes || by_engine(path); });
}

std::vector<NodeId> Hearing::answering(Instant now) const {
  std::vector<NodeId> found;
  for (const auto& entry : peers_)
    if (heard(entry.second, now)) found.push_back(entry.first);
  return found;
}

std::vector<NodeId> Hearing::unclear(Instant now) const {
  std::vector<NodeId> found;
  for (const auto& entry : peers_) {
    const std::vector<Path>& paths = entry.second.paths;
    const bool any_up = std::any_of(paths.begin(), paths.end(), [](const Path& path) { return path.up; });
    if (any_up && !heard(entry.second, now)) found.push_back(entry.first);
  }
  return found;
}

bool Hearing::told(const ReachPath& path) const {
  return std::find(unheard_.begin(), unheard_.end(), path) != unheard_.end();
}

std::vector<Hearing::News> Hearing::look(Instant now) {
  std::vector<News> news;
  for (const auto& entry : peers_)
    for (std::uint32_t k = 0; k < entry.second.paths.size(); ++k) {
      const Path& path = entry.second.paths[k];
      const ReachPath name{entry.first, LinkIndex{k}};
      const bool was = told(name);
      const Instant since = std::max(path.probes_since, path.up_since);
      if (!was && by_engine(path) && entry.second.alive && now - since >= limits_.tell) {
        unheard_.push_back(name);
        news.push_back({name, true});
      } else if (was && path.probes) {
        unheard_.erase(std::find(unheard_.begin(), unheard_.end(), name));
        news.push_back({name, false});
      }
    }
  std::sort(unheard_.begin(), unheard_.end());
  return news;
}

}  // namespace holdfast::core
