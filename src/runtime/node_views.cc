#include <algorithm>

#include "base/format.h"
#include "runtime/node_parts.h"

namespace holdfast::runtime {

namespace {
constexpr Micros check_limit = Millis{3000};
constexpr Micros join_time = Millis{1500};  ///< a restarted engine finds the others in about 1.3 s (engine.md 2.7)
constexpr Micros ring_time = Millis{2000};  ///< engines that hear each other are in one ring after 0.4 to 1.6 s (2.3)
}  // namespace

/// Before anything is believed: was this node itself late? (L5)
void Node::Parts::look() {
  if (!joined_) return;
  const auto late = guard_.look(now());
  if (!late) return;
  if (connectivity_) connectivity_->on_stall();
  lines_.write(Severity::warning, "daemon", Note::stalled,
               format("stalled for {} ms: nothing is taken over until the links are judged afresh and this node's "
                      "resources are checked",
                      late->count() / 1000));
  check_own_resources();
}

/// After a stall, paths that answer outweigh a ring without the peer: it has not been found again yet. For a while
/// only, or a one-sided cut (L9) would hold this node for ever.
bool Node::Parts::waits_for_ring() {
  const std::vector<NodeId> out = left_out();
  const bool answers = std::any_of(last_poll_.begin(), last_poll_.end(), [&](const LinkFact& path) {
    if (std::find(out.begin(), out.end(), path.peer) != out.end()) return false;
    return path.up && std::find(view_.nodes.begin(), view_.nodes.end(), path.peer) == view_.nodes.end();
  });
  if (!answers || membership_.daemons().empty()) return false;
  if (!ring_limit_) ring_limit_ = now() + ring_time;
  return now() < *ring_limit_;
}

/// The hold is over as far as the guard is concerned.
void Node::Parts::maybe_end_hold() {
  // The engine forms ring after ring and answers no poll meanwhile, but this daemon saw all of it (L9): whoever is
  // missing in the ring that was decided is none that a waking engine calls dead.
  if (held_ && engine_hold_ == guard_.number() && connectivity_ && connectivity_->ring_is_decided())
    guard_.shorten(now());
  if (held_ && !guard_.holding(now()) && !waits_for_ring()) end_hold();
}

/// A hold has begun.
void Node::Parts::check_own_resources() {
  held_ = true;
  ring_limit_.reset();
  executor_.hold();
  guards_.hold();
  if (round_.under_way()) {  // what it would agree on is from before the stall
    round_.clear();
    set_aside("this node stalled during a sync");
  }
  executor_.check_all(OperationKind::monitor, check_limit,
                      [this, number = guard_.number()] { guard_.on_resources_checked(number); });
}

void Node::Parts::end_hold() {
  held_ = false;
  ring_limit_.reset();
  before_loss_.clear();
  lines_.write(Severity::notify, "daemon", Note::hold_ended, "links judged afresh, resources checked: going on");
  if (membership_.daemons().empty() || !waits_with(view_)) judge_ring();
  judge_poll();
  if (!synced_) {  // ordered in a view that is gone: the next sync decides anew
    executor_.drop_waiting();
    guards_.drop_waiting();
  }
  executor_.go_on();
  guards_.go_on();
  if (synced_ || !can_sync()) return;
  if (membership_.lowest() == self())
    lead();
  else
    want_sync("it can answer again");
}

void Node::Parts::on_view(const EngineView& view) {
  if (gone_) return;
  look();
  doubtful_view_.reset();
  const bool in_it = std::any_of(view.daemons.begin(), view.daemons.end(),
                                 [&](const EngineMember& member) { return member.node == self(); });
  if (!in_it) {  // trap 18
    if (connectivity_) connectivity_->on_ring({});
    membership_.forget_view();
    round_.clear();
    return unsync(view.daemons.empty() ? "the engine is not connected" : "this node is not in its own member list");
  }
  if (connectivity_) connectivity_->on_ring(view.nodes);
  if (waits_with(view)) return;
  take_view(view);
}

/// N1: a node that can be heard has not failed, whatever ring the engine has just formed (L9).
bool Node::Parts::waits_with(const EngineView& view) {
  if (!connectivity_ || !connectivity_->waits()) return false;
  doubtful_view_ = view;
  membership_.forget_view();
  round_.clear();
  unsync("the engine's view lacks nodes that can be heard");
  return true;
}

void Node::Parts::take_view(const EngineView& view) {
  if (engine_lost_) reconnected();
  const std::vector<NodeId> before = membership_.nodes();
  view_ = view;
  const bool changed = membership_.take(view);
  for (const NodeId node : before)
    if (!membership_.has(node)) {
      assembler_.forget(node);
      spoken_.forget(node);
    }
  const std::vector<NodeId> members = membership_.nodes();
  const bool all_back = std::includes(members.begin(), members.end(), before_loss_.begin(), before_loss_.end());
  if (held_ && !before_loss_.empty() && all_back) guard_.shorten(now());
  if (!holding()) judge_ring();  // L4 stands before anything that follows from it
  if (changed) begin_view();
}

void Node::Parts::begin_view() {
  round_.clear();
  acting_leader_.reset();
  aside_ = differs_ = false;
  leaderless_since_ = now();
  wanted_delay_ = settings_.sync_limit;
  const std::vector<NodeId> members = membership_.nodes();
  lines_.write(Severity::notify, "membership", Note::view_changed,
               format("daemons that hear each other: {}; engines: {}", names_of(members), names_of(view_.nodes)));
  for (const NodeId member : members)
    if (config().node(member) == nullptr)
      lines_.write(Severity::error, "membership", Note::unknown_node,
                   format("node {} is in the group but not in the configuration of {}", member.value, name_of(self())));
  unsync("the view is not agreed yet");
  second_daemon_ = superseded();
  told_strange_.clear();
  judge_speech();
  if (can_sync() && membership_.lowest() == self()) lead();
}

/// Trap 17: of two daemons of one node the greater process counts.
bool Node::Parts::superseded() {
  if (membership_.speaks(ports_.engine.self())) return false;
  lines_.write(Severity::error, "membership", Note::second_daemon,
               format("another daemon of {} is in the group: this one takes no part and must end", name_of(self())));
  because_ = "another daemon of this node runs";
  if (settings_.superseded) settings_.superseded();
  return true;
}

void Node::Parts::on_engine_lost(const std::string& why) {
  if (gone_) return;
  look();
  lines_.write(Severity::error, "engine", Note::engine_lost,
               format("the engine is gone: {}; nothing is stopped or taken over until it is back", why));  // trap 12
  engine_lost_ = true;
  doubtful_view_.reset();
  if (connectivity_) connectivity_->on_ring({});
  if (before_loss_.empty()) before_loss_ = membership_.nodes();
  membership_.forget_view();
  round_.clear();
  unsync(format("the engine is gone: {}", why));
}

/// A restarted engine is alone until it finds the others: a smaller view than before is not believed at once.
void Node::Parts::reconnected() {
  engine_lost_ = false;
  lines_.write(Severity::notify, "engine", Note::engine_back, "the engine is back");
  const Detection& d = config().detection;
  guard_.hold(now(), Micros{d.token} * 22 / 10 + Micros{d.link_interval} * 2 + join_time);
  check_own_resources();
}

void Node::Parts::on_links(const std::vector<LinkSample>& links) {
  if (gone_) return;
  look();
  last_poll_.clear();
  for (const LinkSample& sample : links) last_poll_.push_back({sample.peer, sample.link, sample.connected});
  if (connectivity_) connectivity_->on_links(last_poll_);
  if (const auto late = guard_.on_links_polled(now())) {
    lines_.write(Severity::warning, "engine", Note::engine_stalled,
                 format("the engine was stalled for {} ms: nothing is taken over until the links are judged afresh",
                        late->count() / 1000));
    engine_hold_ = guard_.number();
    if (connectivity_) connectivity_->on_engine_stall();
    check_own_resources();
  }
  if (held_)
    maybe_end_hold();
  else
    judge_poll();
}

void Node::Parts::judge_ring() {
  if (membership_.daemons().empty()) return;
  take_lines(judge_.on_ring(view_.nodes, now(), ports_.clock.wall()));
}

void Node::Parts::judge_poll() { take_lines(judge_.on_poll(last_poll_, now(), ports_.clock.wall())); }

void Node::Parts::take_lines(const std::vector<core::LinkLine>& lines) {
  for (const core::LinkLine& line : lines) switch (line.news) {
      case core::LinkNews::path_failed:
        lines_.write(Severity::warning, "links", Note::link_failed, line.text);
        break;
      case core::LinkNews::path_restored:
        lines_.write(Severity::notify, "links", Note::link_restored, line.text);
        break;
      case core::LinkNews::peer_failed:
        lines_.write(Severity::error, "links", Note::peer_failed, line.text);
        break;
    }
  if (const auto event = book_.set_links(judge_.facts())) tell(*event);
}

}  // namespace holdfast::runtime
