// Which communication paths are up, and the lines that operators' monitoring greps for (L1 to L4).
//
// Two sources that are not ordered against each other: polls of the paths, and the engine's ring. The ring is often
// first (engine.md 2.1, 2.9): when a peer leaves it, the FAILED lines of its paths are written then, so that they
// always stand before the line of L4. Pure and per node; never replicated.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/action.h"
#include "model/config.h"
#include "model/facts.h"

namespace holdfast::core {

enum class LinkNews : std::uint8_t { path_failed, path_restored, peer_failed };

struct LinkLine {
  LinkNews news = LinkNews::path_failed;
  std::string text;  ///< exactly as L3 and L4 say
  bool operator==(const LinkLine&) const = default;
};

/// `Sat Nov 21 22:03:01 UTC 2026`: the time in the lines of L3 and L4, always UTC.
std::string link_time(WallTime at);

class LinkJudge {
 public:
  LinkJudge(NodeId self, std::shared_ptr<const ClusterConfig> config);

  /// The configuration changed (O7): paths that stay keep their state; new ones are down until they are polled; those
  /// that are configured no more are forgotten without a line.
  void reconfigure(std::shared_ptr<const ClusterConfig> config);

  /// The engine polled all paths. Paths of nodes that are not configured are ignored.
  std::vector<LinkLine> on_poll(const std::vector<LinkFact>& polled, Instant now, WallTime wall);
  /// The nodes whose engines form a ring with ours.
  std::vector<LinkLine> on_ring(const std::vector<NodeId>& nodes, Instant now, WallTime wall);

  /// Every path to every configured peer, ascending.
  const std::vector<LinkFact>& facts() const { return facts_; }

 private:
  struct Path {
    std::size_t shown = 0;    ///< its place in facts_
    bool polled_down = true;  ///< by a poll since the peer left the ring
  };
  struct Peer {
    std::vector<Path> paths;
    bool in_ring = false;
    bool was_in_ring = false;
    bool told_failed = true;  ///< the line of L4 was written, or nothing was ever up
    Instant left_at;
  };

  void make_paths();
  bool believable(const Peer& peer, const Path& path, Instant now) const;
  void fail(const Path& path, WallTime wall, std::vector<LinkLine>& lines);
  bool up(const Path& path) const { return facts_[path.shown].up; }
  void tell_if_all_down(Peer& peer, NodeId id, WallTime wall, std::vector<LinkLine>& lines);
  std::string path_text(const LinkFact& link, const char* what, WallTime wall) const;

  NodeId self_;
  std::shared_ptr<const ClusterConfig> config_;
  std::vector<LinkFact> facts_;
  std::map<NodeId, Peer> peers_;
};

}  // namespace holdfast::core
