#include "sim/link_watch.h"

#include <utility>

namespace holdfast::sim {

namespace {
constexpr Micros poll_interval{200000};
constexpr Micros idle_interval{10000000};
constexpr Micros close_time{15000000};
}  // namespace

LinkWatch::LinkWatch(Scheduler& scheduler, const Network& network, const Rings& rings, std::uint64_t seed,
                     std::function<void(NodeId, std::vector<LinkSample>)> tell)
    : scheduler_(scheduler),
      network_(network),
      rings_(rings),
      random_(seed),
      tell_(std::move(tell)),
      nodes_(network.nodes()),
      links_(network.links()),
      paths_(nodes_ * nodes_ * links_),
      close_until_(nodes_),
      next_poll_(nodes_) {}

void LinkWatch::reassess() {
  for (std::uint32_t a = 1; a <= nodes_; ++a)
    for (std::uint32_t b = 1; b <= nodes_; ++b)
      for (std::uint32_t k = 0; k < links_; ++k) {
        const NodeId node{a};
        const NodeId peer{b};
        if (a == b) continue;
        const bool raw = rings_.answering(node) && rings_.answering(peer) && network_.answers(node, peer, LinkIndex{k});
        if (raw != path(node, peer, k).raw) raw_changed(node, peer, k, raw);
      }
  if (network_.any_trouble() && !flapping_) flap_lossy();
}

void LinkWatch::raw_changed(NodeId node, NodeId peer, std::size_t link, bool raw) {
  path(node, peer, link).raw = raw;
  if (!rings_.answering(node)) return;  // it measures nothing now
  const Micros jitter{random_.between(0, poll_interval.count())};
  measure(node, peer, link, raw, raw ? 2 * interval + jitter : timeout + jitter);
}

void LinkWatch::measure(NodeId node, NodeId peer, std::size_t link, bool up, Micros after) {
  const std::uint32_t change = ++path(node, peer, link).change;
  ++settling_;
  look_closely(node);
  scheduler_.after(after, nullptr, [this, node, peer, link, up, change] {
    --settling_;
    Path& p = path(node, peer, link);
    if (p.change != change || !rings_.answering(node) || p.measured == up) return;
    p.measured = up;
    look_closely(node);
  });
}

void LinkWatch::forget(NodeId node) {
  for (std::uint32_t b = 1; b <= nodes_; ++b)
    for (std::size_t k = 0; k < links_; ++k) {
      Path& p = path(node, NodeId{b}, k);
      p = Path{false, false, p.change + 1};
    }
}

void LinkWatch::overslept(NodeId node, Micros pause) {
  for (std::uint32_t b = 1; b <= nodes_; ++b)
    for (std::size_t k = 0; k < links_; ++k) {
      Path& p = path(node, NodeId{b}, k);
      if (b == node.value) continue;
      if (pause > timeout) p.measured = false;  // no answer came in time
      if (p.raw != p.measured) measure(node, NodeId{b}, k, p.raw, p.raw ? 2 * interval : timeout);
    }
  look_closely(node);
}

void LinkWatch::look_closely(NodeId node) {
  const std::size_t index = node.value - 1;
  close_until_[index] = scheduler_.now() + close_time;
  scheduler_.cancel(next_poll_[index]);
  next_poll_[index] =
      scheduler_.after(Micros{random_.between(1000, poll_interval.count())}, nullptr, [this, node] { poll(node); });
}

void LinkWatch::poll(NodeId node) {
  const std::size_t index = node.value - 1;
  if (rings_.answering(node)) {
    std::vector<LinkSample> samples;
    samples.reserve((nodes_ - 1) * links_);
    for (std::uint32_t b = 1; b <= nodes_; ++b)
      for (std::uint32_t k = 0; k < links_; ++k)
        if (b != node.value) samples.push_back({NodeId{b}, LinkIndex{k}, path(node, NodeId{b}, k).measured});
    tell_(node, std::move(samples));
  }
  const bool close = scheduler_.now() < close_until_[index];
  next_poll_[index] = scheduler_.after(close ? poll_interval : idle_interval, nullptr, [this, node] { poll(node); });
}

/// Loss makes single paths flap now and then.
void LinkWatch::flap_lossy() {
  flapping_ = network_.any_trouble();
  if (!flapping_) return;
  scheduler_.after(Micros{2000000}, nullptr, [this] { flap_lossy(); });
  for (std::uint32_t a = 1; a <= nodes_; ++a)
    for (std::uint32_t b = 1; b <= nodes_; ++b) {
      if (a == b) continue;
      const int loss = network_.loss(NodeId{a}, NodeId{b});
      if (!random_.chance(loss * loss / 100)) continue;
      const std::size_t link = static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(links_) - 1));
      Path& p = path(NodeId{a}, NodeId{b}, link);
      if (!p.raw || !p.measured) continue;
      p.measured = false;
      measure(NodeId{a}, NodeId{b}, link, true, 2 * interval);
    }
}

}  // namespace holdfast::sim
