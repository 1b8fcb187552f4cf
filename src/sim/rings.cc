#include "sim/rings.h"

#include <algorithm>
#include <utility>

#include "sim/partition.h"

namespace holdfast::sim {

namespace {

bool contains(const std::vector<NodeId>& nodes, NodeId n) {
  return std::find(nodes.begin(), nodes.end(), n) != nodes.end();
}

}  // namespace

Rings::Rings(Scheduler& scheduler, Network& network, Weather weather, std::uint64_t seed)
    : scheduler_(scheduler), network_(network), weather_(weather), random_(seed), engines_(network.nodes()) {}

void Rings::start_engine(NodeId node) {
  EngineNode& e = engine(node);
  if (e.running) return;
  e.running = true;
  e.alone_first = true;
  ++e.life;
  reassess();
}

void Rings::kill_engine(NodeId node, Leave leave) {
  EngineNode& e = engine(node);
  const std::uint32_t life = e.life;
  RingClient* client = e.client;
  if (e.ring) freeze(e.ring);
  if (e.ring && leave == Leave::in_order) e.ring->frozen_since = scheduler_.now() + -10 * token;
  const Instant last = e.last_delivery;
  const bool paused = e.paused;
  const Instant since = e.paused_since;
  e = EngineNode{};
  e.paused = paused;
  e.paused_since = since;
  e.life = life + 1;
  e.client = client;
  e.last_delivery = last;
  reassess();
}

void Rings::pause_engine(NodeId node) {
  EngineNode& e = engine(node);
  e.paused = true;
  e.paused_since = scheduler_.now();
  reassess();
}

void Rings::resume_engine(NodeId node) {
  EngineNode& e = engine(node);
  e.paused = false;
  // Shorter, and the others still look for it: the ring forms again with it.
  if (e.running && scheduler_.now() - e.paused_since > token * 21 / 10) e.alone_first = true;
  reassess();
}

void Rings::attach(NodeId node, RingClient& client) {
  engine(node).client = &client;
  if (!engine(node).running) return;
  auto entry = std::make_shared<Entry>();
  entry->kind = EntryKind::join;
  entry->member = client.member();
  submit(node, std::move(entry));
}

void Rings::detach(NodeId node, RingClient& client) {
  EngineNode& e = engine(node);
  if (e.client == &client) e.client = nullptr;
  if (!e.running) return;
  auto entry = std::make_shared<Entry>();
  entry->kind = EntryKind::leave;
  entry->member = client.member();
  const bool late = random_.chance(weather_.late_leave_percent);
  const Micros delay{late ? random_.between(1500000, 3000000) : random_.between(5000, 15000)};
  scheduler_.after(delay, nullptr, [this, node, entry, life = e.life] {
    if (engine(node).life == life) submit(node, entry);
  });
}

void Rings::send(NodeId node, EngineMember sender, std::string bytes) {
  if (!engine(node).running) return;
  auto entry = std::make_shared<Entry>();
  entry->member = sender;
  entry->bytes = std::make_shared<const std::string>(std::move(bytes));
  submit(node, std::move(entry));
}

void Rings::submit(NodeId node, EntryPointer entry) {
  EngineNode& e = engine(node);
  if (!e.ring || e.ring->frozen) {
    e.kept.push_back(std::move(entry));  // accepted, and delivered in the next view
  } else {
    order(e.ring, entry);
  }
}

void Rings::order(const RingPointer& ring, const EntryPointer& entry) {
  for (const NodeId n : ring->members) entry->missing |= bit(n);
  ring->flying.push_back(entry);
  for (const NodeId n : ring->members) schedule_delivery(ring, entry, n);
}

Micros Rings::extra_delay(NodeId from, NodeId to) {
  if (!network_.any_trouble() || from == to) return Micros{0};
  const std::int64_t resent = token.count() / 4 * network_.loss(from, to) / 100;
  const std::int64_t jitter = network_.jitter(from, to).count();
  // Statement by statement: the order of random numbers within one expression is the compiler's.
  Micros delay = network_.delay(from, to);
  if (resent > 0) delay += Micros{random_.between(0, resent)};
  if (jitter > 0) delay += Micros{random_.between(0, jitter)};
  return delay;
}

Instant Rings::next_delivery(NodeId node, Micros delay) {
  EngineNode& e = engine(node);
  e.last_delivery = std::max(e.last_delivery, scheduler_.now() + delay);
  return e.last_delivery;
}

void Rings::schedule_delivery(const RingPointer& ring, const EntryPointer& entry, NodeId node) {
  Micros delay{random_.between(200, 1200)};
  delay += extra_delay(entry->member.node, node);
  // A stalled ring's deliveries wait for one another, but a new ring does not wait for them.
  const Instant when = std::max(next_delivery(node, delay), ring->stalled_until);
  scheduler_.at(when, nullptr, [this, ring, entry, node, era = ring->era] {
    if (ring->era != era) return;
    entry->missing &= ~bit(node);
    while (!ring->flying.empty() && ring->flying.front()->missing == 0) ring->flying.pop_front();
    deliver(node, *entry);
  });
}

void Rings::deliver(NodeId node, const Entry& entry) {
  EngineNode& e = engine(node);
  if (entry.kind == EntryKind::message) {
    const bool joined =
        e.client != nullptr && std::find(e.group.begin(), e.group.end(), e.client->member()) != e.group.end();
    if (joined) e.client->deliver_message(entry.member, entry.bytes);
    return;
  }
  const auto place = std::lower_bound(e.group.begin(), e.group.end(), entry.member);
  const bool present = place != e.group.end() && *place == entry.member;
  if (present == (entry.kind == EntryKind::join)) return;
  if (present) {
    e.group.erase(place);
  } else {
    e.group.insert(place, entry.member);
  }
  if (e.client != nullptr && std::find(e.group.begin(), e.group.end(), e.client->member()) != e.group.end())
    e.client->deliver_view(EngineView{e.group, e.nodes});
}

void Rings::freeze(const RingPointer& ring) {
  if (ring->frozen) return;
  ring->frozen = true;
  ring->frozen_since = scheduler_.now();
  ++ring->era;
}

void Rings::thaw(const RingPointer& ring) {
  if (!ring->frozen) return;
  // Who missed the token forms a ring anew, if with the same members: what stalled the old one is over with it.
  if (!asymmetric_ && scheduler_.now() - ring->frozen_since >= token)
    ring->stalled_until = std::min(ring->stalled_until, scheduler_.now() + token * 12 / 10);
  ring->frozen = false;
  deliver_flying(ring);
  for (const NodeId n : ring->members)
    for (const EntryPointer& entry : std::exchange(engine(n).kept, {})) order(ring, entry);
}

void Rings::deliver_flying(const RingPointer& ring) {
  const std::deque<EntryPointer> held = ring->flying;
  for (const EntryPointer& entry : held)
    for (const NodeId n : ring->members)
      if ((entry->missing & bit(n)) != 0) schedule_delivery(ring, entry, n);
}

/// What was ordered already comes sooner, too: what is ordered later must not overtake it.
void Rings::end_stall(const RingPointer& ring, Instant latest) {
  if (ring->stalled_until <= latest) return;
  ring->stalled_until = latest;
  if (ring->frozen) return;  // thaw() will
  ++ring->era;
  deliver_flying(ring);
}

bool Rings::together(NodeId a, NodeId b) const {
  return engine(a).ring && engine(a).ring == engine(b).ring && !engine(a).ring->frozen;
}

bool Rings::same_ring(const std::vector<NodeId>& members) const {
  const RingPointer& ring = engine(members.front()).ring;
  if (!ring || ring->members != members) return false;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (engine(members[i]).ring != ring || engine(members[i]).life != ring->lives[i]) return false;
  return true;
}

void Rings::break_rings(const std::vector<NodeId>& group) {
  for (const NodeId n : group) {
    const RingPointer& ring = engine(n).ring;
    if (!ring) continue;
    for (std::size_t i = 0; i < ring->members.size(); ++i) {
      const NodeId m = ring->members[i];
      if (!contains(group, m) || engine(m).life != ring->lives[i]) freeze(ring);
    }
  }
}

/// A token that is late is lost for the engine: it forms its ring anew, with the same members as long as they answer
/// within the consensus time, and delivers nothing meanwhile.
void Rings::rattle() {
  rattling_ = network_.any_trouble();
  if (!rattling_) return;
  scheduler_.after(token * 2, nullptr, [this] { rattle(); });
  for (std::uint32_t a = 1; a <= engines_.size(); ++a)
    for (std::uint32_t b = a + 1; b <= engines_.size(); ++b) {
      const std::int64_t jitter = network_.jitter(NodeId{a}, NodeId{b}).count();
      if (jitter == 0 || !together(NodeId{a}, NodeId{b})) continue;
      if (!random_.chance(static_cast<int>(std::min<std::int64_t>(60, jitter * 100 / token.count() / 2)))) continue;
      Ring& ring = *engine(NodeId{a}).ring;
      ring.stalled_until =
          std::max(ring.stalled_until, scheduler_.now() + Micros{random_.between(0, 2 * jitter)} + token);
    }
}

void Rings::reassess() {
  if (network_.any_trouble() && !rattling_) rattle();
  std::vector<NodeId> alive;
  std::vector<std::vector<NodeId>> groups;
  for (std::uint32_t i = 1; i <= engines_.size(); ++i) {
    if (!answering(NodeId{i})) {
      if (engine(NodeId{i}).ring) freeze(engine(NodeId{i}).ring);
    } else if (engine(NodeId{i}).alone_first) {
      groups.push_back({NodeId{i}});
    } else {
      alive.push_back(NodeId{i});
    }
  }
  Partition parts = partition_of(
      alive, [this](NodeId a, NodeId b) { return network_.connected(a, b); }, variant_);
  note_asymmetry(parts.asymmetric);
  for (auto& group : parts.groups) groups.push_back(std::move(group));

  plan(groups);
}

bool Rings::is_for(const Forming& forming, const std::vector<NodeId>& group) const {
  if (forming.members != group) return false;
  for (std::size_t i = 0; i < group.size(); ++i)
    if (engine(group[i]).life != forming.lives[i]) return false;
  return true;
}

/// Rings that are as they should be go on; a forming that still leads to one of `groups` keeps its time.
void Rings::plan(const std::vector<std::vector<NodeId>>& groups) {
  std::vector<Forming> before = std::exchange(pending_, {});
  for (const std::vector<NodeId>& group : groups) {
    break_rings(group);
    if (same_ring(group) && !engine(group.front()).alone_first) {
      thaw(engine(group.front()).ring);
      continue;
    }
    const auto known = std::find_if(before.begin(), before.end(), [&](const Forming& f) { return is_for(f, group); });
    if (known == before.end()) {
      schedule_forming(group);
    } else {
      pending_.push_back(*known);
      before.erase(known);
    }
  }
  for (const Forming& gone : before) scheduler_.cancel(gone.ticket);
}

void Rings::note_asymmetry(bool asymmetric) {
  if (asymmetric == asymmetric_) return;
  asymmetric_ = asymmetric;
  variant_ = 0;
  ++asymmetry_;
  if (asymmetric) return flap();
  for (const EngineNode& e : engines_)  // one that hears nobody any more is alone after two consensus times (measured)
    if (e.ring && e.ring->members.size() == 1) end_stall(e.ring, scheduler_.now() + token * 24 / 10);
}

/// Under an asymmetric cut totem re-forms its rings again and again, as long as it lasts (engine.md 2.6).
void Rings::flap() {
  scheduler_.after(Micros{random_.between(1200000, 3000000)}, nullptr, [this, since = asymmetry_] {
    if (asymmetry_ != since) return;
    ++variant_;
    reassess();
    flap();
  });
}

}  // namespace holdfast::sim
