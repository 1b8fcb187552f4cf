// The wires between the simulated nodes: which path carries packets in which direction, how slow, how lossy; and
// the public network, on which addresses are seen (B3). Plain state; whoever changes it tells the engines.
#pragma once

#include <cstdint>
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

  /// The engines use so many of the links, from the first.
  void use_links(std::size_t count) { used_ = count; }

  /// `forward`: packets from `a` to `b` are lost, those from `b` to `a` are not. No link: all of them.
  void cut(NodeId a, NodeId b, std::optional<LinkIndex> link, Direction direction);
  /// A firewall between the two drops what comes beside the engine, both ways; heal() ends it.
  void close_port(NodeId a, NodeId b) { pair(a, b).port_closed = pair(b, a).port_closed = true; }
  bool port_closed(NodeId a, NodeId b) const { return pair(a, b).port_closed; }
  void heal(NodeId a, NodeId b, std::optional<LinkIndex> link);
  /// No link to anybody, and off the public network; only heal_all() ends it.
  void isolate(NodeId node) { isolated_.insert(node); }
  bool isolated(NodeId node) const { return isolated_.count(node) != 0; }
  /// Also ends loss and delay.
  void heal_all();
  void lossy(NodeId a, NodeId b, int percent);
  void delay(NodeId a, NodeId b, Micros one_way);
  /// Every packet is late by something between nothing and `most`.
  void jitter(NodeId a, NodeId b, Micros most);

  /// The engine's packets from and to just these nodes are dropped by `node` (L9).
  void shut_out(NodeId node, const std::vector<NodeId>& nodes);

  /// Any packet of `from` reaches `to` on this link. Loss of 90 % and more, or a delay beyond `limit`, is silence.
  bool reaches(NodeId from, NodeId to, LinkIndex link) const;
  /// The engine's packets do, too.
  bool carries(NodeId from, NodeId to, LinkIndex link) const {
    return reaches(from, to, link) && !shuts_out(from, to) && !shuts_out(to, from);
  }
  /// On at least one link, in both directions: what a ring needs. A link that carries one way only is down (measured).
  bool connected(NodeId a, NodeId b) const;
  /// Both directions of this link: what its heartbeats need.
  bool answers(NodeId a, NodeId b, LinkIndex link) const { return carries(a, b, link) && carries(b, a, link); }
  int loss(NodeId a, NodeId b) const { return pair(a, b).loss; }
  Micros delay(NodeId a, NodeId b) const { return pair(a, b).delay; }
  Micros jitter(NodeId a, NodeId b) const { return pair(a, b).jitter; }
  bool any_trouble() const { return trouble_; }
  /// An address of one is seen by the other.
  bool share_public_network(NodeId a, NodeId b) const { return !isolated(a) && !isolated(b); }

  /// Delay that the engine's token does not survive.
  Micros limit{125000};

 private:
  struct Pair {
    std::vector<bool> cut;  ///< by link, from the first to the second
    bool port_closed = false;
    int loss = 0;
    Micros delay{0};
    Micros jitter{0};
  };
  Pair& pair(NodeId from, NodeId to) { return pairs_[(from.value - 1) * nodes_ + to.value - 1]; }
  const Pair& pair(NodeId from, NodeId to) const { return pairs_[(from.value - 1) * nodes_ + to.value - 1]; }
  bool shuts_out(NodeId node, NodeId other) const {
    return (shut_out_[node.value - 1] & std::uint64_t{1} << other.value) != 0;
  }
  void mark(NodeId from, NodeId to, std::optional<LinkIndex> link, bool cut);

  std::size_t nodes_;
  std::size_t links_;
  std::size_t used_ = links_;
  std::vector<Pair> pairs_;
  std::set<NodeId> isolated_;
  std::vector<std::uint64_t> shut_out_;  ///< by node, bit per other node
  bool trouble_ = false;                 ///< some pair is lossy or slow
};

}  // namespace holdfast::sim
