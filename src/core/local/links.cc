#include "core/local/links.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/format.h"

namespace holdfast::core {

namespace {
constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
}  // namespace

std::string link_time(WallTime at) {
  namespace c = std::chrono;
  const c::sys_time<Millis> point{Millis{at.millis}};
  const auto day = c::floor<c::days>(point);
  const c::year_month_day date{day};
  const c::hh_mm_ss time{c::floor<c::seconds>(point - day)};
  return format("{} {} {:2} {:02}:{:02}:{:02} UTC {}", weekdays[c::weekday{day}.c_encoding()],
                months[unsigned{date.month()} - 1], unsigned{date.day()}, time.hours().count(), time.minutes().count(),
                time.seconds().count(), int{date.year()});
}

LinkJudge::LinkJudge(NodeId self, std::shared_ptr<const ClusterConfig> config)
    : self_(self), config_(std::move(config)) {
  make_paths();
}

void LinkJudge::make_paths() {
  const NodeConfig* own = config_->node(self_);
  const std::size_t own_links = own != nullptr ? own->links.size() : 0;
  for (const NodeConfig& node : config_->nodes) {
    if (node.id == self_) continue;
    for (std::size_t i = 0; i < std::min(node.links.size(), own_links); ++i)
      facts_.push_back({node.id, LinkIndex{static_cast<std::uint32_t>(i)}, false});
  }
  for (std::size_t i = 0; i < facts_.size(); ++i) peers_[facts_[i].peer].paths.push_back({i});
}

void LinkJudge::reconfigure(std::shared_ptr<const ClusterConfig> config) {
  const std::shared_ptr<const ClusterConfig> before = std::exchange(config_, std::move(config));
  const std::vector<LinkFact> facts = std::exchange(facts_, {});
  const std::map<NodeId, Peer> peers = std::exchange(peers_, {});
  make_paths();
  const auto address = [](const ClusterConfig& of, NodeId node, std::size_t link) {
    const NodeConfig* n = of.node(node);
    return n != nullptr && link < n->links.size() ? n->links[link] : std::string{};
  };
  for (auto& [id, peer] : peers_) {
    const auto known = peers.find(id);
    if (known == peers.end()) continue;
    const std::vector<Path> fresh = std::exchange(peer.paths, {});
    peer = known->second;
    peer.paths = fresh;
    for (std::size_t i = 0; i < std::min(fresh.size(), known->second.paths.size()); ++i) {
      const bool same = address(*before, id, i) == address(*config_, id, i) &&
                        address(*before, self_, i) == address(*config_, self_, i);
      if (!same) continue;
      peer.paths[i].polled_down = known->second.paths[i].polled_down;
      facts_[fresh[i].shown].up = facts[known->second.paths[i].shown].up;
    }
    if (std::none_of(peer.paths.begin(), peer.paths.end(), [this](const Path& path) { return up(path); }))
      peer.told_failed = true;  // what was up is configured no more: nothing failed
  }
}

std::vector<LinkLine> LinkJudge::on_poll(const std::vector<LinkFact>& polled, Instant now, WallTime wall) {
  std::vector<LinkLine> lines;
  for (const LinkFact& sample : polled) {
    const auto found = peers_.find(sample.peer);
    if (found == peers_.end() || sample.link.value >= found->second.paths.size()) continue;
    Peer& peer = found->second;
    Path& path = peer.paths[sample.link.value];
    if (!sample.up) {
      path.polled_down = true;
      if (up(path)) fail(path, wall, lines);
    } else if (!up(path) && believable(peer, path, now)) {
      facts_[path.shown].up = true;
      peer.told_failed = false;
      lines.push_back({LinkNews::path_restored, path_text(facts_[path.shown], "RESTORE", wall)});
    }
  }
  for (auto& [id, peer] : peers_) tell_if_all_down(peer, id, wall, lines);
  return lines;
}

std::vector<LinkLine> LinkJudge::on_ring(const std::vector<NodeId>& nodes, Instant now, WallTime wall) {
  std::vector<LinkLine> lines;
  for (auto& [id, peer] : peers_) {
    const bool in_ring = std::find(nodes.begin(), nodes.end(), id) != nodes.end();
    if (peer.in_ring && !in_ring) {
      peer.left_at = now;
      for (Path& path : peer.paths)
        if (up(path)) {
          fail(path, wall, lines);
          path.polled_down = false;
        }
      tell_if_all_down(peer, id, wall, lines);
    }
    peer.in_ring = in_ring;
    peer.was_in_ring = peer.was_in_ring || in_ring;
  }
  return lines;
}

// A poll may still show a dead peer's path as up. Out of the ring, "up" is believed if a poll saw the path down in
// between, or if it stays up for longer than the engine's back-off after a flap can hide a failure (engine.md 2.1).
bool LinkJudge::believable(const Peer& peer, const Path& path, Instant now) const {
  if (peer.in_ring || !peer.was_in_ring || path.polled_down) return true;
  const Detection& d = config_->detection;
  return now - peer.left_at >= Micros{d.link_timeout} * 10 + Micros{d.link_interval} * 2;
}

void LinkJudge::fail(const Path& path, WallTime wall, std::vector<LinkLine>& lines) {
  facts_[path.shown].up = false;
  lines.push_back({LinkNews::path_failed, path_text(facts_[path.shown], "FAILED", wall)});
}

void LinkJudge::tell_if_all_down(Peer& peer, NodeId id, WallTime wall, std::vector<LinkLine>& lines) {
  if (peer.told_failed) return;
  for (const Path& path : peer.paths)
    if (up(path)) return;
  peer.told_failed = true;
  lines.push_back(
      {LinkNews::peer_failed, format("COMMUNICATIONS {} FAILED AT {}", config_->name_of(id), link_time(wall))});
}

std::string LinkJudge::path_text(const LinkFact& link, const char* what, WallTime wall) const {
  return format("COMMUNICATION TO {} BY {}/{} {} AT: {}", config_->name_of(link.peer),
                config_->node(self_)->links[link.link.value], config_->node(link.peer)->links[link.link.value], what,
                link_time(wall));
}

}  // namespace holdfast::core
