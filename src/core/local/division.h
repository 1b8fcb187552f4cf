// How nodes that do not all hear each other divide into groups that do. A plain function: with the same answers to
// "who hears whom" every node comes to the same groups.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/ids.h"

namespace holdfast::core {

/// A set of nodes, bit n for node n.
using NodeMask = std::uint64_t;

inline NodeMask mask_of(NodeId node) { return NodeMask{1} << node.value; }
NodeMask mask_of(const std::vector<NodeId>& nodes);
/// Ascending.
std::vector<NodeId> nodes_of(NodeMask mask);

/// Who hears whom: both ways, over at least one link.
class Mesh {
 public:
  /// Of a node that says that it hears itself, nothing follows.
  void join(NodeId a, NodeId b) {
    if (a == b) return;
    heard_[a.value] |= mask_of(b);
    heard_[b.value] |= mask_of(a);
  }
  NodeMask heard_by(NodeId node) const { return heard_[node.value]; }
  bool joined(NodeId a, NodeId b) const { return (heard_[a.value] & mask_of(b)) != 0; }
  /// All that `node` reaches, also through others, itself included.
  NodeMask reached_from(NodeId node) const;
  /// Every two nodes of `nodes` hear each other.
  bool whole(NodeMask nodes) const;

 private:
  std::array<NodeMask, 64> heard_{};  ///< NodeId is at most 32
};

/// Divides `nodes`: the greatest group first, of equally great ones that with the lowest node (and so on); then the
/// same with those that remain (L9). Together the groups are `nodes`.
std::vector<NodeMask> divide(const Mesh& mesh, NodeMask nodes);

}  // namespace holdfast::core
