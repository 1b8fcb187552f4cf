// The sync of a view (engine.md 3, 4.2):
//
//   view changed --lead()--> SyncStart --adopted--> every member: State --all, or SyncExclude--> enter(): synced
//
// Nothing is queued. What does not fit the present round is dropped by everyone, and repeated by whoever needs it.
#include <algorithm>

#include "base/format.h"
#include "core/step.h"
#include "runtime/node_parts.h"

namespace holdfast::runtime {

namespace {
constexpr Micros longest_wanted_delay = Millis{30'000};
}

bool Node::Parts::can_sync() const {
  return joined_ && !leaving_ && !gone_ && !second_daemon_ && !speech_.leaves_out(self()) && !holding() &&
         !membership_.daemons().empty();
}

void Node::Parts::unsync(std::string why) {
  if (std::exchange(synced_, false)) unsynced_since_ = now();
  if (!second_daemon_) because_ = std::move(why);
  timers_.cancel_all();
  guards_.left();
}

void Node::Parts::lead() {
  last_lead_ = now();
  send(wire::SyncStart{membership_.daemons(), membership_.absent(config())}, {self(), incarnation_, ++syncs_led_});
}

void Node::Parts::sync_tick() {
  if (!can_sync()) return;
  if (round_.under_way() && round_.epoch().leader == self()) return close_or_repeat();
  if (synced_) return watch_for_silence();
  if (differs_) return;  // an operator must make the configurations equal
  if (membership_.lowest() == self()) {
    if (now() - last_lead_ < settings_.sync_limit) return;
    lines_.write(Severity::info, "sync", Note::sync_repeated, "the sync did not come about; beginning it anew");
    return lead();
  }
  if (aside_) return want_sync("it was set aside");
  wait_for_leader();
}

/// The leader, sync_limit after its round began: it goes on without those that did not answer.
void Node::Parts::close_or_repeat() {
  const std::vector<NodeId> missing = round_.missing();
  const bool nobody_will =
      !closing_ && std::all_of(missing.begin(), missing.end(), [&](NodeId node) { return speech_.leaves_out(node); });
  if (!nobody_will && now() - round_since_ < settings_.sync_limit) return;
  round_since_ = now();
  if (std::exchange(closing_, true)) return lead();
  // Our own answer has not come back: it is the engine that delivers nothing, not they that are silent.
  if (std::find(missing.begin(), missing.end(), self()) != missing.end()) return lead();
  if (!nobody_will)
    lines_.write(Severity::warning, "sync", Note::member_excluded,
                 format("{} did not answer the sync within {} ms: set aside, not failed", names_of(missing),
                        settings_.sync_limit.count()));
  send(wire::SyncExclude{missing}, round_.epoch());
}

/// In a synced view: a hung daemon stays in the engine's member list (trap 14).
void Node::Parts::watch_for_silence() {
  const auto& members = state_.members;
  const auto place = std::find(members.begin(), members.end(), self());
  const auto rank = static_cast<std::size_t>(place - members.begin());
  if (rank != 0) {
    if (leaderless_for() < patience(rank) || now() - last_lead_ < settings_.sync_limit) return;
    lines_.write(Severity::warning, "sync", Note::leader_silent,
                 format("{} is silent for too long: this node leads a sync", name_of(members.front())));
    return lead();
  }
  for (const NodeId member : members) {
    if (member == self() || now() - last_heard_[member] <= settings_.alive_limit) continue;
    if (now() - last_lead_ < settings_.sync_limit) return;
    lines_.write(
        Severity::warning, "membership", Note::member_silent,
        format("the daemon of {} says nothing for {} ms: a new sync", name_of(member), settings_.alive_limit.count()));
    return lead();
  }
}

void Node::Parts::wait_for_leader() {
  if (leaderless_for() < settings_.sync_limit * (round_.under_way() ? 2 : 1)) return;
  const std::size_t rank = membership_.rank(self());
  if (leaderless_for() < patience(rank)) return want_sync("no sync was begun");
  if (now() - last_lead_ < settings_.sync_limit) return;
  lines_.write(Severity::warning, "sync", Note::leader_silent,
               format("{} leads no sync: this node does", names_of({*membership_.lowest()})));
  lead();
}

void Node::Parts::want_sync(const std::string& why) {
  if (now() - last_wanted_ < wanted_delay_ && last_wanted_.micros != 0) return;
  last_wanted_ = now();
  wanted_delay_ = std::min(wanted_delay_ * 2, longest_wanted_delay);
  lines_.write(Severity::info, "sync", Note::sync_wanted, format("asking for a sync: {}", why));
  send(wire::SyncWanted{why}, heard_epoch_);
}

/// How long nobody has led although somebody should.
Micros Node::Parts::leaderless_for() const {
  if (!synced_) return aside_ || differs_ ? Micros{0} : now() - leaderless_since_;
  const auto heard = last_heard_.find(state_.members.front());
  return heard == last_heard_.end() ? Micros{0} : now() - heard->second - settings_.alive_limit;
}

/// After so long without a leader the node with this rank leads.
Micros Node::Parts::patience(std::size_t rank) const {
  return Micros{settings_.sync_limit} * 3 * static_cast<std::int64_t>(rank);
}

bool Node::Parts::may_lead(NodeId sender) const {
  if (membership_.lowest() == sender || acting_leader_ == sender) return true;
  if (synced_ && state_.members.front() == sender) return true;  // the lowest may have another configuration
  return leaderless_for() + settings_.sync_limit >= patience(membership_.rank(sender));
}

void Node::Parts::take(const wire::Message& message, const wire::SyncStart& start) {
  if (start.members != membership_.daemons() || !may_lead(message.sender)) return;
  if (!can_sync()) {
    acting_leader_ = message.sender;
    // The others go on without us, whatever we believed until now.
    if (!leaving_) set_aside("a sync began while this node held back (L5)");
    return;
  }
  unsync("the members exchange what they know");
  acting_leader_ = message.sender;
  aside_ = differs_ = closing_ = false;
  round_since_ = leaderless_since_ = now();
  round_.begin(message.epoch, membership_.nodes(), start.absent);
  MemberReport report = core::make_report(state_, book_.own());
  report.absent = membership_.absent(config());
  report.feature_level = settings_.speech.feature_level;
  report.clock = cluster_now();
  send(wire::State{std::move(report)}, message.epoch);
}

void Node::Parts::take(const wire::Message& message, const wire::State& state) {
  if (!round_.under_way() || message.epoch != round_.epoch()) return;
  round_.add(message.sender, state.report);
  finish_round();
}

void Node::Parts::take(const wire::Message& message, const wire::SyncExclude& exclude) {
  if (round_.under_way() && message.epoch == round_.epoch() && message.sender == message.epoch.leader) {
    round_.exclude(exclude.nodes);
    return finish_round();
  }
  if (std::find(exclude.nodes.begin(), exclude.nodes.end(), self()) == exclude.nodes.end()) return;
  acting_leader_ = message.sender;
  set_aside(format("{} closed a sync without this node", name_of(message.sender)));
}

/// Who asks must have heard of the present epoch: who hears nothing would only be set aside again, and what was asked
/// before this epoch is done.
void Node::Parts::take(const wire::Message& message, const wire::SyncWanted&) {
  if (synced_ && message.epoch != state_.epoch) return;
  const bool leader = membership_.lowest() == self() || (synced_ && acting_leader_ == self());
  if (!leader || !can_sync()) return;
  // Our round waits for just this answer, which will not come: it began when the other could not answer.
  const std::vector<NodeId> missing = round_.missing();
  const bool ours = round_.under_way() && round_.epoch().leader == self() && !closing_;
  if (ours && std::find(missing.begin(), missing.end(), message.sender) != missing.end()) return lead();
  if (round_.under_way() || now() - last_lead_ < settings_.sync_limit / 2) return;
  lead();
}

void Node::Parts::finish_round() {
  if (!round_.complete()) return;
  const ConfigAgreement agreement = round_.agreement();
  if (!agreement.settled()) return hand_on(agreement);
  const ViewSynced view = round_.result(config());
  const Micros took = now() - leaderless_since_;
  round_.clear();
  if (std::find(view.members.begin(), view.members.end(), self()) != view.members.end()) {
    lines_.write(Severity::notify, "sync", Note::view_synced,
                 format("{} agree on a view after {} ms", names_of(view.members), took.count() / 1000));
    tell_older(view);
    return enter(view);
  }
  const bool differs = std::any_of(view.absent.begin(), view.absent.end(), [&](const AbsentNode& absent) {
    return absent.node == self() && absent.absence == Absence::config_differs;
  });
  if (!differs) return set_aside(format("{} closed a sync without this node", name_of(view.epoch.leader)));
  differs_ = true;
  unsync(format("the configuration of this node is not the one of {}, and was not made from it by holdfast apply",
                name_of(agreement.holder)));
  lines_.write(Severity::error, "sync", Note::self_config_differs,
               format("{}: it takes no part. To change a configuration: holdfast plan FILE, holdfast apply FILE. Here: "
                      "put the file of {} in the place of this one and restart holdfastd; no service is touched",
                      because_, name_of(agreement.holder)));
}

void Node::Parts::set_aside(const std::string& why) {
  const bool news = !std::exchange(aside_, true);
  round_.clear();
  executor_.drop_waiting();
  guards_.drop_waiting();
  unsync(format("set aside: {}", why));
  if (news) lines_.write(Severity::warning, "sync", Note::self_set_aside, because_);
}

/// The view is agreed: the core gets it, and the others get what they could not hear meanwhile.
void Node::Parts::enter(const ViewSynced& view) {
  synced_ = true;
  because_.clear();
  wanted_delay_ = settings_.sync_limit;
  membership_.are_members(view.members);
  last_heard_.clear();
  for (const NodeId member : view.members) last_heard_[member] = now();
  told_different_.clear();
  verify_position_ = 0;
  view_version_ = spoken_.agree(view.members).range.highest;
  step(view.epoch.leader, view, {});
  confirmations_.end_all();
  clock_base_ = state_.now;
  clock_base_at_ = now();
  guards_.entered(view.epoch, view.members);
  // An apply that the view before left unanswered may have removed this very node (O7).
  if (const auto own = state_.nodes.find(self()); own != state_.nodes.end())
    for (const Event& event : book_.differing_from(own->second.facts)) tell(event);
  for (const Request& request : requests_.all())
    if (!state_.requests.contains(request.id)) tell(Requested{request});
}

}  // namespace holdfast::runtime
