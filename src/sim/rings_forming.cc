// How a new ring forms: what is still delivered in the old one, and when each member sees the new view.
#include <algorithm>
#include <utility>

#include "sim/rings.h"

namespace holdfast::sim {

namespace {

constexpr Micros gather_time{60000};

bool contains(const std::vector<NodeId>& nodes, NodeId n) {
  return std::find(nodes.begin(), nodes.end(), n) != nodes.end();
}

}  // namespace

Micros Rings::forming_delay(const std::vector<NodeId>& group) {
  const EngineNode& first = engine(group.front());
  if (group.size() == 1 && first.alone_first)
    return first.ring ? Micros{150000} : Micros{random_.between(100000, 300000)};
  Instant ready = scheduler_.now() + Micros{50000};
  bool merges = false;
  for (const NodeId n : group) {
    const RingPointer& ring = engine(n).ring;
    merges = merges || ring != first.ring || !ring;
    if (!ring || !ring->frozen) continue;
    const Micros detection{token.count() * random_.between(207, 221) / 100};
    ready = std::max(ready, ring->frozen_since + detection);
  }
  if (merges) ready = std::max(ready, scheduler_.now() + Micros{random_.between(400000, 1600000)});
  return ready - scheduler_.now();
}

void Rings::schedule_forming(const std::vector<NodeId>& group) {
  Forming forming;
  forming.members = group;
  for (const NodeId n : group) forming.lives.push_back(engine(n).life);
  const Micros gathering = std::max(Micros{0}, forming_delay(group) - gather_time);
  forming.ticket = scheduler_.after(gathering, nullptr, [this, group] { gather(group); });
  pending_.push_back(std::move(forming));
}

/// From here on nothing is ordered in the old rings.
void Rings::gather(const std::vector<NodeId>& members) {
  for (const NodeId n : members)
    if (engine(n).ring) freeze(engine(n).ring);
  for (Forming& f : pending_)
    if (f.members == members) f.ticket = scheduler_.after(gather_time, nullptr, [this, members] { form(members); });
}

void Rings::form(const std::vector<NodeId>& members) {
  const auto ring = std::make_shared<Ring>();
  ring->members = members;
  std::vector<EngineMember> group;
  for (const NodeId n : members) {
    ring->lives.push_back(engine(n).life);
    if (engine(n).client != nullptr) group.push_back(engine(n).client->member());
  }
  if (asymmetric_) ring->stalled_until = scheduler_.now() + Micros{random_.between(300000, 5000000)};
  std::vector<NodeId> rest = members;
  while (!rest.empty()) {
    const RingPointer old = engine(rest.front()).ring;
    std::vector<NodeId> side;
    for (const NodeId n : rest)
      if (engine(n).ring == old && (old || n == rest.front())) side.push_back(n);
    if (old) flush(old, side);
    for (const NodeId n : side) {
      schedule_views(n, ring, group, side);
      engine(n).ring = ring;
      engine(n).alone_first = false;
      rest.erase(std::find(rest.begin(), rest.end(), n));
    }
  }
  for (const NodeId n : members)
    for (const EntryPointer& entry : std::exchange(engine(n).kept, {})) order(ring, entry);
  pending_.erase(
      std::find_if(pending_.begin(), pending_.end(), [&](const Forming& f) { return f.members == members; }));
  reassess();
}

/// Those that go on together deliver the same messages of the old ring; messages of the other side may be lost.
void Rings::flush(const RingPointer& old, const std::vector<NodeId>& side) {
  std::uint64_t mask = 0;
  for (const NodeId n : side) mask |= bit(n);
  flush_flying(old, side, mask);
  if (side.size() < old->members.size() && random_.chance(weather_.stray_last_percent)) flush_stray(side);
}

void Rings::flush_flying(const RingPointer& old, const std::vector<NodeId>& side, std::uint64_t mask) {
  std::uint64_t silenced = 0;  // senders of whom something was lost already: nothing later of them comes
  for (const EntryPointer& entry : old->flying) {
    const std::uint64_t sender = bit(entry->member.node);
    if ((entry->missing & mask) == 0) continue;
    const bool certain = (entry->missing & mask) != mask || (sender & mask) != 0;
    if (!certain && (silenced & sender) == 0 && random_.chance(weather_.lost_in_flight_percent)) silenced |= sender;
    if (!certain && (silenced & sender) != 0) continue;
    for (const NodeId n : side) {
      if ((entry->missing & bit(n)) == 0) continue;
      entry->missing &= ~bit(n);
      scheduler_.at(next_delivery(n, Micros{0}), nullptr, [this, n, entry, life = engine(n).life] {
        if (engine(n).life == life) deliver(n, *entry);
      });
    }
  }
}

/// The last message of a cut: delivered in the old view on the sender's side, and never on the other (engine.md 2.5).
void Rings::flush_stray(const std::vector<NodeId>& side) {
  for (const NodeId sender : side) {
    std::deque<EntryPointer>& kept = engine(sender).kept;
    if (kept.empty() || kept.front()->kind != EntryKind::message) continue;
    const EntryPointer entry = kept.front();
    kept.pop_front();
    for (const NodeId n : side)
      scheduler_.at(next_delivery(n, Micros{0}), nullptr, [this, n, entry, life = engine(n).life] {
        if (engine(n).life == life) deliver(n, *entry);
      });
    return;
  }
}

void Rings::schedule_views(NodeId node, const RingPointer& ring, const std::vector<EngineMember>& group,
                           const std::vector<NodeId>& came_along) {
  EngineNode& e = engine(node);
  const bool late = random_.chance(weather_.late_view_percent);
  const Micros skew{random_.between(100, late ? 1500000 : 2500)};
  const bool lost_some = e.ring && came_along.size() < e.ring->members.size();
  const bool gained_some = came_along.size() < ring->members.size();
  const bool stale = gained_some && came_along.size() > 1 && random_.chance(weather_.stale_view_percent);
  std::vector<NodeId> between = stale ? std::vector<NodeId>{node} : came_along;
  if (stale || (lost_some && gained_some)) {  // left and join come as two callbacks, left first
    std::vector<EngineMember> stayed;
    for (const EngineMember& m : e.group)
      if (contains(between, m.node)) stayed.push_back(m);
    schedule_view(node, next_delivery(node, skew), std::move(between), std::move(stayed));
  }
  schedule_view(node, next_delivery(node, skew), ring->members, group);
}

void Rings::schedule_view(NodeId node, Instant when, std::vector<NodeId> nodes, std::vector<EngineMember> group) {
  scheduler_.at(when, nullptr, [this, node, life = engine(node).life, nodes = std::move(nodes), group] {
    EngineNode& e = engine(node);
    if (e.life != life) return;
    e.nodes = nodes;
    e.group = group;
    if (observer != nullptr) observer->on_ring(node, nodes);
    if (e.client != nullptr && std::find(e.group.begin(), e.group.end(), e.client->member()) != e.group.end())
      e.client->deliver_view(EngineView{e.group, e.nodes});
  });
}

}  // namespace holdfast::sim
