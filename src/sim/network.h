// The wires between the simulated nodes: which path carries packets in which direction, how slow, how lossy; and
// the public network, on which addresses are seen (B3). Plain state; whoever changes it tells the engines.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace holdfast::sim {

enum class Direction : std::uint8_t { both, forward };

class Network {
 public:
  Network(std::size_t nodes, std::size_t links);

  std::size_t nodes() const { return nodes_; }
  std::size_t links() const { return links_; }

  /// `forward`: packets from `a` to `b` are lost, those from `b` to `a` are not. No link: all of them.
  void cut(NodeId a, NodeId b, std::optional<LinkIndex> link, Direction direction);
  void heal(NodeId a, NodeId b, std::optional<LinkIndex> link);
  /// No link to anybody, and off the public network; only heal_all() ends it.
  void isolate(NodeId node) { isolated_.insert(node); }
  bool isolated(NodeId node) const { return isolated_.count(node) != 0; }
  /// Also ends loss and delay.
  void heal_all();
  void lossy(NodeId a, NodeId b, int percent);
  void delay(NodeId a, NodeId b, Micros one_way);

  /// Packets of `from` reach `to` on this link. Loss of 90 % and more, or a delay beyond `limit`, is silence.
  bool carries(NodeId from, NodeId to, LinkIndex link) const;
  /// On at least one link, in both directions: what a ring needs.
  bool connected(NodeId a, NodeId b) const;
  /// Both directions of this link: what its heartbeats need.
  bool answers(NodeId a, NodeId b, LinkIndex link) const { return carries(a, b, link) && carries(b, a, link); }
  int loss(NodeId a, NodeId b) const { return pair(a, b).loss; }
  Micros delay(NodeId a, NodeId b) const { return pair(a, b).delay; }
  bool any_trouble() const { return trouble_; }
  /// An address of one is seen by the other.
  bool share_public_network(NodeId a, NodeId b) const { return !isolated(a) && !isolated(b); }

  /// Delay that the engine's token does not survive.
  Micros limit{125000};

 private:
  struct Pair {
    std::vector<bool> cut;  ///< by link, from the first to the second
    int loss = 0;
    Micros delay{0};
  };
  Pair& pair(NodeId from, NodeId to) { return pairs_[(from.value - 1) * nodes_ + to.value - 1]; }
  const Pair& pair(NodeId from, NodeId to) const { return pairs_[(from.value - 1) * nodes_ + to.value - 1]; }
  void mark(NodeId from, NodeId to, std::optional<LinkIndex> link, bool cut);

  std::size_t nodes_;
  std::size_t links_;
  std::vector<Pair> pairs_;
  std::set<NodeId> isolated_;
  bool trouble_ = false;  ///< some pair is lossy or slow
};

}  // namespace holdfast::sim
