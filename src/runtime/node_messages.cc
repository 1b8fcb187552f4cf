#include <utility>

#include "base/format.h"
#include "base/overloaded.h"
#include "runtime/node_parts.h"
#include "wire/codec.h"

namespace holdfast::runtime {

namespace {
constexpr Micros broken_interval = Millis{10'000};
constexpr std::uint64_t verify_every = 10;  ///< Alive messages of the leader
constexpr std::size_t longest_piece = 48 * 1024;
}  // namespace

void Node::Parts::send(wire::Payload payload, const Epoch& epoch) {
  const wire::Message message{self(), incarnation_, ++messages_sent_, epoch, std::move(payload)};
  std::vector<std::string> pieces = wire::encode(message, longest_piece, writing_for(epoch));
  if (pieces.empty())
    lines_.write(Severity::error, "sync", Note::message_too_big, "a message is too big to be sent and was dropped");
  for (std::string& piece : pieces) ports_.engine.send(std::move(piece));
}

/// To all members, if a view is agreed. If not, the next sync carries it: the fact is in the book.
void Node::Parts::tell(const Event& event) {
  if (synced_)
    send(wire::Apply{event, cluster_now()}, state_.epoch);
  else if (state_.members.empty())
    state_.nodes[self()].facts = book_.own();  // nobody else's knowledge is in there yet
}

void Node::Parts::on_message(EngineMember sender, std::string_view bytes) {
  if (gone_) return;
  look();
  if (connectivity_) connectivity_->on_delivery();
  if (!membership_.speaks(sender) || !can_read(sender, bytes)) return;
  const auto assembled = assembler_.add(bytes);
  if (!assembled) return broken(format("{}: {}", name_of(sender.node), assembled.error().text));
  if (!*assembled) return;
  const wire::Message& message = **assembled;
  if (message.sender != sender.node)
    return broken(format("{} sent a message in the name of {}", name_of(sender.node), name_of(message.sender)));
  last_heard_[message.sender] = now();
  // Who asks for a sync may have missed the present epoch itself.
  const bool asks = std::holds_alternative<wire::SyncWanted>(message.payload);
  if (message.sender != self() && message.epoch != Epoch{} && !asks) heard_epoch_ = message.epoch;
  std::visit([&](const auto& payload) { take(message, payload); }, message.payload);
}

/// E3: told, but not at every one of a flood.
void Node::Parts::broken(const std::string& what) {
  ++broken_since_;
  if (last_broken_.micros != 0 && now() - last_broken_ < broken_interval) return;
  last_broken_ = now();
  lines_.write(Severity::warning, "sync", Note::broken_message,
               format("{} message(s) could not be read and were dropped; the last from {}",
                      std::exchange(broken_since_, 0), what));
}

void Node::Parts::take(const wire::Message& message, const wire::Apply& apply) {
  if (!counts(message) || std::holds_alternative<ViewSynced>(apply.event)) return;
  if (const auto* fired = std::get_if<TimerFired>(&apply.event)) timers_.cancel(fired->timer);
  step(message.sender, apply.event, apply.at);
}

void Node::Parts::say_alive() {
  if (leaving_ || membership_.daemons().empty() || now() - last_alive_ < settings_.alive_interval) return;
  last_alive_ = now();
  ++alives_;
  const bool leader = synced_ && state_.members.front() == self();
  const auto lag = static_cast<std::uint64_t>(guard_.take_worst_lag().count());
  send(wire::Alive{lag, leader && alives_ % verify_every == 0}, synced_ ? state_.epoch : Epoch{});
}

void Node::Parts::take(const wire::Message& message, const wire::Alive& alive) {
  const Epoch& theirs = message.epoch;
  const Epoch& ours = state_.epoch;
  const bool later = theirs.leader == ours.leader && theirs > ours;
  if (synced_ && later) return set_aside(format("{} is in a later view", name_of(message.sender)));
  if (!counts(message) || !alive.verify || message.sender != state_.members.front()) return;
  verify_position_ = message.sequence;
  verify_digest_ = wire::digest_of(state_);
  send(wire::VerifyDigest{verify_position_, verify_digest_, settings_.speech.feature_level}, state_.epoch);
}

void Node::Parts::take(const wire::Message& message, const wire::VerifyDigest& verify) {
  if (!counts(message) || verify.position != verify_position_ || verify.digest == verify_digest_) return;
  if (verify.level != settings_.speech.feature_level) return;  // another build may know other fields
  if (told_different_.insert(message.sender).second)
    lines_.write(Severity::error, "sync", Note::digests_differ,
                 format("{} and {} know different states at the same position ({:016x}, {:016x}): a new sync",
                        name_of(self()), name_of(message.sender), verify_digest_.value, verify.digest.value));
  if (state_.members.front() == self() && can_sync() && now() - last_lead_ >= settings_.sync_limit) lead();
}

void Node::Parts::take(const wire::Message& message, const wire::Goodbye&) {
  membership_.said_goodbye(message.sender);
  if (message.sender == self()) return finish_leaving();
  lines_.write(Severity::notify, "membership", Note::goodbye_heard,
               format("{} leaves in order", name_of(message.sender)));
}

}  // namespace holdfast::runtime
