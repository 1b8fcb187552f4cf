#include "core/local/connectivity.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/format.h"

namespace holdfast::core {

ConnectivityLimits connectivity_limits(const Detection& detection, Millis alive_interval) {
  ConnectivityLimits limits;
  // The engine itself needs about 2.2 tokens to find that somebody is missing, and must have had its try.
  limits.confirm = std::max<Micros>(limits.confirm, Micros{detection.token} * 2);
  limits.quiet = Micros{alive_interval} * 3 / 2;
  // Engines that form rings come to one of their own after the consensus time (1.2 tokens). Longer, and the links'
  // heartbeats would miss the calm too, and take with them the ring that comes of it.
  limits.calm = Micros{detection.token} * 12 / 10 + Millis{150};
  limits.patience = limits.confirm * 2 + limits.calm + Millis{1'500};
  return limits;
}

ConnectivityGuard::ConnectivityGuard(NodeId self, std::shared_ptr<const ClusterConfig> config,
                                     ConnectivityLimits limits)
    : self_(self), config_(std::move(config)), limits_(limits) {}

void ConnectivityGuard::on_answering(const std::vector<NodeId>& peers, Instant now) {
  const NodeMask answering = mask_of(peers) & ~mask_of(self_);
  for (const NodeId peer : nodes_of(answering ^ answering_))
    flaps_.on_change(peer, (answering & mask_of(peer)) != 0, now);
  fresh_ = fresh_ || answering != answering_;
  answering_ = answering;
}

void ConnectivityGuard::on_note(NodeId node, ReachNote note) {
  if (node == self_ || config_->node(node) == nullptr) return;
  for (std::vector<NodeId>* named : {&note.answering, &note.ring, &note.group, &note.unclear})
    std::erase_if(*named, [this](NodeId other) { return config_->node(other) == nullptr; });  // E3
  notes_[node] = std::move(note);
  lost_.erase(node);
  fresh_ = true;
}

void ConnectivityGuard::on_note_lost(NodeId node, Instant now) {
  if (notes_.erase(node) != 0) lost_[node] = now;
  fresh_ = true;
}

void ConnectivityGuard::on_ring(const std::vector<NodeId>& nodes) {
  const NodeMask ring = mask_of(nodes);
  if (ring != ring_) ring_delivers_ = false;
  ring_ = ring;
  fresh_ = true;
}

void ConnectivityGuard::on_delivery(Instant now) {
  delivered_ = now;
  ring_delivers_ = true;
}

/// Nothing came, nobody is left out, and nothing waits for its time. This is so at nearly every look of a cluster's
/// life.
bool ConnectivityGuard::nothing_to_do(Instant now) const {
  if (fresh_ || out_ != 0 || calming_ || candidate_ || holds_since_ || flaps_.any_restless()) return false;
  return note_.delivers == (now - delivered_ < limits_.quiet);
}

ConnectivityGuard::Outcome ConnectivityGuard::look(Instant now) {
  if (nothing_to_do(now)) return {};
  const Told before = told();
  Outcome outcome;
  if (now >= calm_until_) calming_ = false;
  const NodeMask unsteady = restless(now);
  refresh_note(unsteady, now);
  fresh_ = stalled_;
  if (!std::exchange(stalled_, false)) {
    const Picture seen = picture(unsteady);
    consider_shutting_out(seen, now, outcome);
    consider_letting_in(seen, now, outcome);
    // Nothing is decided yet: no ring without somebody of all these is right, not even of those who will stay together.
    group_ = out_ == 0 ? seen.concerned : seen.want.group;
    refresh_note(unsteady, now);
  }
  fresh_ = fresh_ || !outcome.lines.empty();
  const Told after = told();
  outcome.note_changed = after.note != before.note;
  outcome.shut_out_changed = after.shut_out != before.shut_out;
  return outcome;
}

ConnectivityGuard::Told ConnectivityGuard::told() const {
  return {{mask_of(note_.answering), mask_of(note_.ring), mask_of(note_.group), mask_of(note_.unclear), note_.delivers,
           note_.ready},
          shut_out_mask()};
}

NodeMask ConnectivityGuard::restless(Instant now) {
  if (!flaps_.any_restless()) return 0;
  NodeMask found = 0;
  for (const NodeConfig& node : config_->nodes)
    if (flaps_.restless(node.id, now)) found |= mask_of(node.id);
  return found;
}

void ConnectivityGuard::refresh_note(NodeMask restless, Instant now) {
  const auto set = [](std::vector<NodeId>& list, NodeMask nodes) {
    if (mask_of(list) != nodes) list = nodes_of(nodes);
  };
  set(note_.answering, answering_ & ~restless);
  set(note_.ring, ring_);
  set(note_.group, out_ == 0 ? 0 : decided_);
  note_.delivers = now - delivered_ < limits_.quiet;
  set(note_.unclear, mask_of(unclear_));
}

const ReachNote* ConnectivityGuard::note_of(NodeId node) const {
  if (node == self_) return &note_;
  const auto found = notes_.find(node);
  return found == notes_.end() ? nullptr : &found->second;
}

void ConnectivityGuard::keep_standing_rings(Picture& picture) const {
  std::vector<NodeMask> groups;
  NodeMask rest = picture.concerned;
  for (const NodeId node : nodes_of(picture.concerned)) {  // in the same order everywhere
    const ReachNote* note = note_of(node);
    const NodeMask ring = note == nullptr ? 0 : mask_of(note->ring);
    if (std::popcount(ring) < 2 || mask_of(note->group) != ring || (ring & ~rest) != 0) continue;
    if (!ring_holds(ring) || !picture.mesh.whole(ring)) continue;
    const auto goes_before = [ring](NodeMask group) {
      return (ring & ~group) == 0 || ((ring & group) != 0 && std::popcount(group) > std::popcount(ring));
    };
    if (std::any_of(picture.groups.begin(), picture.groups.end(), goes_before)) continue;
    groups.push_back(ring);
    rest &= ~ring;
  }
  if (groups.empty()) return;
  for (const NodeMask group : divide(picture.mesh, rest)) groups.push_back(group);
  picture.groups = std::move(groups);
}

ConnectivityGuard::Picture ConnectivityGuard::picture(NodeMask restless) const {
  Picture picture;
  picture.restless = restless;
  for (const auto& [node, note] : notes_)
    for (const NodeId peer : note.answering) {
      const ReachNote* other = note_of(peer);
      if (other != nullptr && (mask_of(other->answering) & mask_of(node)) != 0) picture.mesh.join(node, peer);
    }
  picture.concerned = picture.mesh.reached_from(self_);
  for (const NodeId node : nodes_of(restless)) picture.concerned |= picture.mesh.reached_from(node);
  picture.groups = divide(picture.mesh, picture.concerned);
  keep_standing_rings(picture);
  for (const NodeMask group : picture.groups)
    if ((group & mask_of(self_)) != 0) picture.want.group = group;
  // Who is shut out and not heard of stays so: only a node that is well comes back.
  picture.want.out = (picture.concerned | out_) & ~picture.want.group;
  return picture;
}

/// With four and more nodes a ring can go on although two of its members do not hear each other: nothing to mend.
bool ConnectivityGuard::ring_holds(NodeMask nodes) const {
  for (const NodeId node : nodes_of(nodes)) {
    const ReachNote* note = note_of(node);
    if (note == nullptr || !note->delivers || (nodes & ~mask_of(note->ring)) != 0) return false;
  }
  return true;
}

/// Two that do not hear each other may yet turn out to be heard by their engines.
bool ConnectivityGuard::anything_unclear(const Picture& picture) const {
  for (const NodeId node : nodes_of(picture.concerned)) {
    const ReachNote* note = note_of(node);
    if (note != nullptr && (mask_of(note->unclear) & picture.concerned & ~picture.mesh.heard_by(node)) != 0)
      return true;
  }
  return false;
}

bool ConnectivityGuard::another_has_confirmed(const Picture& picture) const {
  return std::any_of(notes_.begin(), notes_.end(), [&](const auto& entry) {
    const NodeMask theirs = mask_of(entry.second.group);
    return theirs != 0 && std::find(picture.groups.begin(), picture.groups.end(), theirs) != picture.groups.end();
  });
}

void ConnectivityGuard::consider_shutting_out(const Picture& picture, Instant now, Outcome& outcome) {
  if (picture.groups.size() < 2) bridged_ = false;
  const bool holds = out_ == 0 && picture.want.out != 0 && ring_holds(picture.concerned);
  if (!holds || bridged_ || anything_unclear(picture))
    holds_since_.reset();
  else if (!holds_since_)
    holds_since_ = now;
  if ((picture.want.out & ~out_) == 0) {
    candidate_.reset();
    return;
  }
  if (another_has_confirmed(picture)) return shut_out(picture, now, outcome);
  if (holds) {
    candidate_.reset();
    return tell_of_bridge(picture, now, outcome);
  }
  if (candidate_ != picture.want) {
    candidate_ = picture.want;
    candidate_since_ = now;
  }
  const bool flaps = (picture.want.out & ~out_ & ~picture.restless) == 0;  // that took three failures already
  if (flaps || now - candidate_since_ >= limits_.confirm) shut_out(picture, now, outcome);
}

/// Not at once: a ring that just lost its last way counts as holding until its silence is noticed.
void ConnectivityGuard::tell_of_bridge(const Picture& picture, Instant now, Outcome& outcome) {
  if (!holds_since_ || now - *holds_since_ < limits_.quiet + limits_.confirm) return;
  holds_since_.reset();
  bridged_ = true;
  outcome.lines.push_back(
      {ConnectivityNews::bridged,
       format("{}; the view holds, since the others answer both: nobody is left out", who_is_silent(picture))});
}

void ConnectivityGuard::shut_out(const Picture& picture, Instant now, Outcome& outcome) {
  if (out_ == 0) {
    const bool again = wait_ > Micros{0} && now - let_in_at_ < limits_.forgive;
    wait_ = again ? std::min(wait_ * 2, limits_.longest_wait) : limits_.wait;
  }
  candidate_.reset();
  holds_since_.reset();
  bridged_ = false;
  waits_since_.reset();  // the ring of the group gets its whole time
  out_ = picture.want.out;
  decided_ = picture.want.group;
  first_ = picture.groups.front();
  const bool formed = ring_ == picture.want.group && ring_delivers_ && now - delivered_ < limits_.calm / 2;
  calming_ = !formed && std::popcount(picture.want.group) > 1;
  calm_until_ = now + limits_.calm;
  outcome.lines.push_back({ConnectivityNews::left_out, who_is_left_out(picture)});
}

NodeMask ConnectivityGuard::shut_out_mask() const {
  if (!calming_) return out_;
  NodeMask others = 0;
  for (const NodeConfig& node : config_->nodes)
    if (node.id != self_) others |= mask_of(node.id);
  return others;
}

bool ConnectivityGuard::waits(const std::vector<NodeId>& heard, Instant now) {
  const NodeMask missing = group_ & mask_of(heard) & ~ring_;
  const NodeMask foreign = out_ == 0 ? 0 : ring_ & ~group_ & mask_of(heard);
  if (!calming_ && (missing | foreign) == 0) {
    waits_since_.reset();
    return false;
  }
  if (!waits_since_) waits_since_ = now;
  return now - *waits_since_ < limits_.patience;
}

bool ConnectivityGuard::is_left_behind(const std::vector<NodeId>& heard) const {
  return (first_ & mask_of(self_)) == 0 && (out_ & mask_of(heard)) != 0;
}

bool ConnectivityGuard::ring_is_decided() const { return out_ != 0 && !calming_ && ring_ == group_; }

NodeMask ConnectivityGuard::forgotten(Instant now) const {
  NodeMask nodes = 0;
  for (const auto& [node, since] : lost_)
    if (now - since >= limits_.forget) nodes |= mask_of(node);
  return nodes & out_;
}

bool ConnectivityGuard::all_ready(NodeMask nodes) const {
  const std::vector<NodeId> list = nodes_of(nodes);
  return std::all_of(list.begin(), list.end(), [&](NodeId node) {
    const ReachNote* note = note_of(node);
    return note == nullptr || note->ready;
  });
}

void ConnectivityGuard::consider_letting_in(const Picture& picture, Instant now, Outcome& outcome) {
  note_.ready = true;
  if (const NodeMask unheard = forgotten(now); unheard != 0) let_in(unheard, now, outcome);
  const NodeMask well = out_ & ~picture.want.out;
  if (well != returning_) {
    returning_ = well;
    returning_since_ = now;
  }
  if (well == 0) return;
  note_.ready = now - returning_since_ >= wait_;
  if (!note_.ready || !all_ready(picture.concerned)) return;
  let_in(well, now, outcome);
  decided_ = picture.want.group;
}

void ConnectivityGuard::let_in(NodeMask nodes, Instant now, Outcome& outcome) {
  out_ &= ~nodes;
  returning_ = 0;
  if (out_ == 0) let_in_at_ = now;
  for (const NodeId node : nodes_of(nodes)) lost_.erase(node);
  outcome.lines.push_back(
      {ConnectivityNews::let_in,
       format("{} {} no longer shut out here: {}", names(nodes), std::popcount(nodes) == 1 ? "is" : "are",
              notes_.contains(nodes_of(nodes).front()) ? "all that stay together answer each other again"
                                                       : "nothing was heard for so long that it must be down")});
}

/// The same text on all nodes that see the same.
std::string ConnectivityGuard::who_is_left_out(const Picture& picture) const {
  NodeMask left = 0;
  for (std::size_t i = 1; i < picture.groups.size(); ++i) left |= picture.groups[i];
  return format(
      "left out: {}; together stay: {} (the most who all answer each other; of equally many, those with the "
      "first node); {}",
      names(left), names(picture.groups.front()), who_is_silent(picture));
}

std::string ConnectivityGuard::who_is_silent(const Picture& picture) const {
  constexpr std::size_t shown = 4;
  std::vector<std::string> pairs;
  for (const NodeId a : nodes_of(picture.concerned))
    for (const NodeId b : nodes_of(picture.concerned & ~picture.mesh.heard_by(a))) {
      if (b <= a) continue;
      const NodeMask both = mask_of(a) | mask_of(b);
      const bool flaps = (both & mask_of(self_)) != 0 && (both & picture.restless) != 0;
      pairs.push_back(format("{} and {} {}", config_->name_of(a), config_->name_of(b),
                             flaps ? "lose each other again and again" : "do not answer each other over any link"));
    }
  std::string text;
  for (std::size_t i = 0; i < std::min(pairs.size(), shown); ++i) text += (i == 0 ? "" : ", ") + pairs[i];
  return pairs.size() <= shown ? text : format("{}, and {} pairs more", text, pairs.size() - shown);
}

std::string ConnectivityGuard::names(NodeMask nodes) const {
  std::string text;
  for (const NodeId node : nodes_of(nodes)) text += (text.empty() ? "" : ", ") + config_->name_of(node);
  return text;
}

}  // namespace holdfast::core
