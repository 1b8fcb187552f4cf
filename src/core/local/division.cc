#include "core/local/division.h"

#include <bit>

namespace holdfast::core {

namespace {

NodeId lowest(NodeMask mask) { return NodeId{static_cast<std::uint32_t>(std::countr_zero(mask))}; }

/// Of two sets of the same size: the one with the lowest node that is not in both.
bool goes_before(NodeMask one, NodeMask other) {
  const NodeMask differing = one ^ other;
  return differing != 0 && (one & differing & (~differing + 1)) != 0;
}

/// Bron and Kerbosch with a bound. 32 nodes have at most 3^(32/3) greatest groups, real meshes a handful.
class GreatestGroup {
 public:
  explicit GreatestGroup(const Mesh& mesh) : mesh_(mesh) {}

  NodeMask among(NodeMask nodes) {
    extend(0, nodes);
    return best_;
  }

 private:
  void extend(NodeMask group, NodeMask candidates) {
    if (candidates == 0) {
      const int size = std::popcount(group);
      const int best = std::popcount(best_);
      if (size > best || (size == best && goes_before(group, best_))) best_ = group;
      return;
    }
    while (candidates != 0) {
      if (std::popcount(group) + std::popcount(candidates) < std::popcount(best_)) return;
      const NodeId next = lowest(candidates);
      extend(group | mask_of(next), candidates & mesh_.heard_by(next));
      // Groups without `next` are worth looking at only if they have a node that does not hear it.
      candidates &= ~mask_of(next);
      if ((candidates & ~mesh_.heard_by(next)) == 0) return;
    }
  }

  const Mesh& mesh_;
  NodeMask best_ = 0;
};

}  // namespace

NodeMask mask_of(const std::vector<NodeId>& nodes) {
  NodeMask mask = 0;
  for (const NodeId node : nodes) mask |= mask_of(node);
  return mask;
}

std::vector<NodeId> nodes_of(NodeMask mask) {
  std::vector<NodeId> nodes;
  for (; mask != 0; mask &= mask - 1) nodes.push_back(lowest(mask));
  return nodes;
}

NodeMask Mesh::reached_from(NodeId node) const {
  NodeMask reached = mask_of(node);
  for (NodeMask fresh = reached; fresh != 0;) {
    const NodeMask heard = heard_[lowest(fresh).value] & ~reached;
    fresh = (fresh & (fresh - 1)) | heard;
    reached |= heard;
  }
  return reached;
}

bool Mesh::whole(NodeMask nodes) const {
  for (NodeMask rest = nodes; rest != 0; rest &= rest - 1)
    if ((nodes & ~heard_[lowest(rest).value] & ~mask_of(lowest(rest))) != 0) return false;
  return true;
}

std::vector<NodeMask> divide(const Mesh& mesh, NodeMask nodes) {
  std::vector<NodeMask> groups;
  while (nodes != 0) {
    groups.push_back(mesh.whole(nodes) ? nodes : GreatestGroup(mesh).among(nodes));
    nodes &= ~groups.back();
  }
  return groups;
}

}  // namespace holdfast::core
