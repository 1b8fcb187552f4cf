#include "sim/side_channel.h"

#include <algorithm>

namespace holdfast::sim {

SimSideChannel::SimSideChannel(SideChannels& channels, Owner& owner, NodeId node)
    : channels_(channels), owner_(owner), node_(node) {}

SimSideChannel::~SimSideChannel() {
  if (listener_ != nullptr) channels_.detach(node_);
}

void SimSideChannel::start(SideChannelListener& listener) {
  listener_ = &listener;
  channels_.attach(node_, *this);
}

void SimSideChannel::tell(std::string note) {
  channels_.end(node_).note = std::move(note);
  ++channels_.end(node_).version;
  channels_.spread();
}

std::vector<NodeId> SimSideChannel::heard_within(Micros time) const {
  std::vector<NodeId> nodes;
  for (std::uint32_t n = 1; n <= channels_.ends_.size(); ++n) {
    const SideChannels::Pair& pair = channels_.pair(node_, NodeId{n});
    const bool lately = pair.last_heard.micros != 0 && channels_.scheduler_.now() - pair.last_heard < time;
    // Lost and late packets make gaps.
    const std::int64_t late = channels_.network_.jitter(node_, NodeId{n}).count() * 25 / time.count();
    const bool gap = channels_.random_.chance(channels_.network_.loss(node_, NodeId{n}) / 2 + static_cast<int>(late));
    if ((pair.heard && !gap) || lately) nodes.push_back(NodeId{n});
  }
  return nodes;
}

void SimSideChannel::shut_out(const std::vector<NodeId>& nodes) {
  channels_.network_.shut_out(node_, nodes);
  // Not from within the daemon's call: the engines would call it back.
  channels_.scheduler_.after(Micros{5000}, nullptr, [&channels = channels_] { channels.network_changed(); });
}

SideChannels::SideChannels(Scheduler& scheduler, Network& network, std::uint64_t seed)
    : scheduler_(scheduler),
      network_(network),
      random_(seed),
      ends_(network.nodes()),
      pairs_(network.nodes() * network.nodes()),
      known_(network.nodes() * network.nodes()) {}

bool SideChannels::speaks(NodeId node) const {
  return end(node).channel != nullptr && !end(node).channel->owner_.paused();
}

bool SideChannels::hears(NodeId at, NodeId from) const {
  if (at == from || !speaks(from) || end(at).channel == nullptr || network_.port_closed(from, at)) return false;
  for (std::uint32_t k = 0; k < network_.links(); ++k)
    if (network_.reaches(from, at, LinkIndex{k})) return true;
  return false;
}

bool SideChannels::answers(NodeId a, NodeId b) const {
  if (a == b || !speaks(a) || !speaks(b) || network_.port_closed(a, b)) return false;
  for (std::uint32_t k = 0; k < network_.links(); ++k)
    if (network_.reaches(a, b, LinkIndex{k}) && network_.reaches(b, a, LinkIndex{k})) return true;
  return false;
}

std::vector<NodeId> SideChannels::reached_from(NodeId node) const {
  std::vector<NodeId> found{node};
  for (std::size_t i = 0; i < found.size(); ++i)
    for (std::uint32_t n = 1; n <= ends_.size(); ++n)
      if (std::find(found.begin(), found.end(), NodeId{n}) == found.end() && hears(found[i], NodeId{n}))
        found.push_back(NodeId{n});
  return found;
}

void SideChannels::attach(NodeId node, SimSideChannel& channel) {
  end(node).channel = &channel;
  for (std::uint32_t n = 1; n <= ends_.size(); ++n) {
    pair(node, NodeId{n}) = Pair{false, false, pair(node, NodeId{n}).change + 1, {}, false};
    known(node, NodeId{n}) = Known{};
  }
  network_.shut_out(node, {});
  scheduler_.after(Micros{5000}, nullptr, [this] { network_changed(); });
}

void SideChannels::detach(NodeId node) {
  end(node).channel = nullptr;
  scheduler_.after(Micros{5000}, nullptr, [this] { network_changed(); });
}

void SideChannels::reassess() {
  for (std::uint32_t a = 1; a <= ends_.size(); ++a)
    for (std::uint32_t b = 1; b <= ends_.size(); ++b) {
      const NodeId at{a};
      const NodeId peer{b};
      if (a == b || !speaks(at)) continue;  // who stands still measures nothing
      Pair& p = pair(at, peer);
      const bool heard = hears(at, peer);
      if (p.heard && !heard) p.last_heard = scheduler_.now();
      p.heard = heard;
      const bool raw = answers(at, peer);
      if (raw != p.raw) measure(at, peer, raw);
    }
  spread();
}

void SideChannels::measure(NodeId at, NodeId peer, bool raw) {
  Pair& p = pair(at, peer);
  p.raw = raw;
  const std::uint32_t change = ++p.change;
  const Micros after{raw ? random_.between(1000, 210000) : silence.count() + random_.between(-200000, 20000)};
  scheduler_.after(after, nullptr, [this, at, peer, raw, change] {
    Pair& now = pair(at, peer);
    if (now.change != change || now.measured == raw) return;
    now.measured = raw;
    tell_answering(at);
  });
}

void SideChannels::tell_answering(NodeId at) {
  if (end(at).channel == nullptr) return;
  scheduler_.after(Micros{0}, &end(at).channel->owner_, [this, at, channel = end(at).channel] {
    if (end(at).channel != channel) return;
    std::vector<ReachPath> paths;
    for (std::uint32_t n = 1; n <= ends_.size(); ++n)
      for (std::uint32_t k = 0; pair(at, NodeId{n}).measured && k < network_.links(); ++k)
        paths.push_back({NodeId{n}, LinkIndex{k}});
    channel->listener_->on_answering(paths);
  });
}

/// Every note that is not yet where it can come, is on its way; one that cannot come any more is lost after a while.
void SideChannels::spread() {
  for (std::uint32_t a = 1; a <= ends_.size(); ++a) {
    const NodeId at{a};
    if (end(at).channel == nullptr) continue;
    const std::vector<NodeId> reached = reached_from(at);
    for (std::uint32_t b = 1; b <= ends_.size(); ++b) {
      const NodeId of{b};
      if (a == b) continue;
      Known& k = known(at, of);
      const bool way = std::find(reached.begin(), reached.end(), of) != reached.end() && end(of).version != 0;
      if (way) {
        k.apart_since = Instant{};
        if (k.version != end(of).version && k.on_its_way != end(of).version) deliver_later(at, of);
      } else if (k.version != 0 && k.apart_since.micros == 0) {
        lose_later(at, of);
      }
    }
  }
}

void SideChannels::deliver_later(NodeId at, NodeId of) {
  known(at, of).on_its_way = end(of).version;
  const bool direct = hears(at, of);
  Micros delay{random_.between(1000, 25000)};
  if (!direct) delay += Micros{random_.between(20000, 60000)};  // two draws in one expression have no order
  scheduler_.after(delay, &end(at).channel->owner_,
                   [this, at, of, channel = end(at).channel, version = end(of).version, note = end(of).note] {
                     Known& k = known(at, of);
                     if (end(at).channel != channel || k.apart_since.micros != 0 || version <= k.version) return;
                     k.version = version;
                     channel->listener_->on_note(of, note);
                   });
}

void SideChannels::lose_later(NodeId at, NodeId of) {
  known(at, of).apart_since = scheduler_.now();
  scheduler_.after(silence + Millis{700}, &end(at).channel->owner_,
                   [this, at, of, channel = end(at).channel, since = scheduler_.now()] {
                     Known& k = known(at, of);
                     if (end(at).channel != channel || k.apart_since != since) return;
                     k = Known{};
                     channel->listener_->on_note_lost(of);
                   });
}

}  // namespace holdfast::sim
