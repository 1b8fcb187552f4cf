#include "sim/network.h"

namespace holdfast::sim {

namespace {
constexpr int silent_loss_percent = 90;
}

Network::Network(std::size_t nodes, std::size_t links)
    : nodes_(nodes), links_(links), pairs_(nodes * nodes), shut_out_(nodes) {
  for (Pair& p : pairs_) p.cut.assign(links, false);
}

void Network::mark(NodeId from, NodeId to, std::optional<LinkIndex> link, bool cut) {
  for (std::size_t k = 0; k < links_; ++k)
    if (!link || link->value == k) pair(from, to).cut[k] = cut;
}

void Network::cut(NodeId a, NodeId b, std::optional<LinkIndex> link, Direction direction) {
  mark(a, b, link, true);
  if (direction == Direction::both) mark(b, a, link, true);
}

void Network::heal(NodeId a, NodeId b, std::optional<LinkIndex> link) {
  mark(a, b, link, false);
  mark(b, a, link, false);
  if (!link) pair(a, b).port_closed = pair(b, a).port_closed = false;
}

void Network::heal_all() {
  isolated_.clear();
  trouble_ = false;
  for (Pair& p : pairs_) {
    p.cut.assign(links_, false);
    p.port_closed = false;
    p.loss = 0;
    p.delay = p.jitter = Micros{0};
  }
}

void Network::lossy(NodeId a, NodeId b, int percent) {
  pair(a, b).loss = pair(b, a).loss = percent;
  trouble_ = true;
}

void Network::delay(NodeId a, NodeId b, Micros one_way) {
  pair(a, b).delay = pair(b, a).delay = one_way;
  trouble_ = true;
}

void Network::shut_out(NodeId node, const std::vector<NodeId>& nodes) {
  shut_out_[node.value - 1] = 0;
  for (const NodeId other : nodes) shut_out_[node.value - 1] |= std::uint64_t{1} << other.value;
}

void Network::jitter(NodeId a, NodeId b, Micros most) {
  pair(a, b).jitter = pair(b, a).jitter = most;
  trouble_ = true;
}

bool Network::reaches(NodeId from, NodeId to, LinkIndex link) const {
  const Pair& p = pair(from, to);
  if (isolated(from) || isolated(to) || p.cut[link.value]) return false;
  return p.loss < silent_loss_percent && p.delay <= limit;
}

bool Network::connected(NodeId a, NodeId b) const {
  for (std::uint32_t k = 0; k < used_; ++k)
    if (answers(a, b, LinkIndex{k})) return true;
  return false;
}

}  // namespace holdfast::sim
