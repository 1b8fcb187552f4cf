// Another configuration while everything runs (O7, V9, B8):
//
//   AdoptConfiguration or ConfigOffer --take--> decided by at once --stored--> told --all have it--> engines activated
//
// What cannot be stored (a full disk) is tried again; the node goes on with it all the same, as all others do.
#include <algorithm>
#include <utility>

#include "base/format.h"
#include "core/config_change.h"
#include "core/config_diff.h"
#include "runtime/node_parts.h"
#include "wire/codec.h"

namespace holdfast::runtime {

namespace {
constexpr Micros retry_delay = Millis{5000};
constexpr Micros store_limit = Millis{30'000};
}  // namespace

void Node::Parts::read_config_text() {
  if (Result<std::string> text = ports_.config_file.read())
    config_text_ = *std::move(text);
  else
    lines_.write(Severity::error, "daemon", Note::config_not_stored, text.error().text);
}

/// The view adopts a configuration: its new nodes are away in order until they come (N5). Others that are absent are
/// not.
void Node::Parts::expect_new_nodes() {
  for (const NodeConfig& node : state_.config->nodes)
    if (config().node(node.id) == nullptr && !membership_.has(node.id)) membership_.has_not_come(node.id);
}

/// `state_.config` is another one: everything that was made from the old one follows. Nothing that runs is touched.
void Node::Parts::take_configuration(std::string text, const std::string& keep_as) {
  const std::shared_ptr<const ClusterConfig> before = std::exchange(settings_.config, state_.config);
  executor_.reconfigure(config());
  judge_.reconfigure(settings_.config);
  renew_connectivity(*before);
  guards_.reconfigure(*before, settings_.config);
  guard_.reconfigure(core::stall_limits(config(), settings_.stall_tick, settings_.link_poll));
  if (const auto event = book_.set_links(judge_.facts())) tell(*event);
  if (state_.members.empty()) state_.nodes[self()].facts = book_.own();
  config_text_ = std::move(text);
  keep_as_ = keep_as;
  store_configuration();
}

/// L9: the guard knows the nodes by their addresses.
void Node::Parts::renew_connectivity(const ClusterConfig& before) {
  if (before.nodes == config().nodes && before.detection == config().detection) return;
  const bool wanted = config().nodes.size() > 2 && config().node(self()) != nullptr;  // N5: not where it was removed
  if (!ports_.renew_side && !wanted) return;
  const auto listener_of_the_old_channel = std::move(connectivity_);
  if (ports_.renew_side) ports_.side = ports_.renew_side(settings_.config);
  if (ports_.side == nullptr || !wanted) return;
  connectivity_ = std::make_unique<Connectivity>(self(), settings_.config, settings_.alive_interval, ports_, lines_);
  connectivity_->start();
  connectivity_->on_ring(view_.nodes);
}

/// The stamp first: a daemon that ends in between finds a file from before, and knows it as such. The other way round
/// it would find one that nobody applied.
void Node::Parts::store_configuration() {
  if (keep_as_.empty() || config_write_) return;
  config_write_ = true;
  config_retry_.reset();
  keep();
  const Digest stored = state_.stamp.digest;
  durable_.when_kept(store_limit, [this, stored, text = config_text_, aside = keep_as_](Kept kept) {
    if (kept == Kept::no) return configuration_stored(stored, failure("the state file is not written"));
    ports_.config_file.replace(text, aside,
                               [this, stored](const Result<void>& written) { configuration_stored(stored, written); });
  });
}

void Node::Parts::configuration_stored(Digest stored, const Result<void>& written) {
  config_write_ = false;
  if (gone_) return;
  if (!written) {
    if (!std::exchange(config_write_told_, true))
      lines_.write(
          Severity::error, "daemon", Note::config_not_stored,
          format("the agreed configuration is in use, but cannot be stored; trying on: {}", written.error().text));
    config_retry_ = ports_.clock.after(retry_delay, [this] { store_configuration(); });
    return;
  }
  if (stored != state_.stamp.digest) return store_configuration();  // a newer one came meanwhile
  keep_as_.clear();
  config_write_told_ = false;
  lines_.write(Severity::notify, "daemon", Note::config_stored,
               format("configuration {} is stored", state_.stamp.generation));
  if (const Result<void> staged = ports_.engine.stage(settings_.config); !staged)
    lines_.write(Severity::error, "engine", Note::config_not_staged, staged.error().text);
  staged_ = true;
  keep();
  if (config().node(self()) == nullptr) {
    lines_.write(Severity::notify, "daemon", Note::node_removed,
                 "this node is not in the configuration any more: it leaves, its resources stay as they are");
    return leave([this] {
      if (observer_ != nullptr) observer_->on_removed();
    });
  }
  if (std::exchange(learned_, false)) {
    staged_ = caught_up_ = false;
    ports_.engine.activate(Initiative::alone);
  }
  durable_.when_kept(store_limit, [this, stored](Kept) {
    if (stored != state_.stamp.digest) return;
    if (const auto event = book_.set_config(stored)) tell(*event);
  });
}

/// The engines read their files when the last member has told that it stored them: in one order, so that every member
/// sees the same one be the last.
void Node::Parts::activate_when_all_have_it() {
  if (!staged_ || !synced_) return;
  const bool all = std::all_of(state_.members.begin(), state_.members.end(), [this](NodeId node) {
    return state_.nodes.at(node).facts.config == state_.stamp.digest;
  });
  if (!all) return;
  staged_ = false;
  const bool first = state_.members.front() == self() || caught_up_;
  caught_up_ = false;
  ports_.engine.activate(first ? Initiative::ours : Initiative::theirs);
}

/// The sync waits until those that have another configuration have taken the agreed one; it begins anew then.
void Node::Parts::hand_on(const ConfigAgreement& agreement) {
  if (agreement.holder != self() || offered_ == round_.epoch()) return;
  offered_ = round_.epoch();
  send(wire::ConfigOffer{state_.stamp, config(), config_text_}, round_.epoch());
}

void Node::Parts::tell_conflicts(const ConfigAgreement& agreement) {
  for (const NodeId node : agreement.forked)
    if (node != self())
      lines_.write(Severity::error, "sync", Note::config_conflict_elsewhere,
                   format("the configuration was changed on both sides while they did not hear each other: {} takes "
                          "generation {} of {}, and keeps its own beside it (B8)",
                          name_of(node), agreement.stamp.generation, name_of(agreement.holder)));
}

void Node::Parts::take_newer(NodeId from, const wire::ConfigOffer& offer, const std::string& keep_as) {
  lines_.write(Severity::notify, "sync", Note::config_taken,
               format("taking configuration {} from {}; this node had {}", offer.stamp.generation, name_of(from),
                      state_.stamp.generation));
  for (const auto& [resource, line] : core::take_offered(state_, offer.config, offer.stamp))
    lines_.write({Severity::warning, "sync", {}, resource, static_cast<std::uint32_t>(Note::config_displaced), line});
  journal_.state_was_replaced();
  caught_up_ = true;
  take_configuration(offer.text, keep_as);
}

/// L9, N5: with an old one this node may stay out of the ring of nodes that it does not know, or start alone what it
/// was removed from.
bool Node::Parts::learn(NodeId from, const wire::ConfigOffer& offer) {
  const bool agreed = synced_ && state_.members.size() > 1;
  if (!joined_ || leaving_ || gone_ || holding() || agreed) return false;
  if (!follows(offer.stamp, state_.stamp) || wire::digest_of(offer.config) != offer.stamp.digest) return false;
  unsync("another configuration is in force");
  learned_ = true;
  take_newer(from, offer, std::to_string(state_.stamp.generation));
  if (config().node(self()) != nullptr && !membership_.daemons().empty()) begin_view();
  return true;
}

void Node::Parts::take(const wire::Message& message, const wire::ConfigOffer& offer) {
  if (!round_.complete() || message.epoch != round_.epoch()) return;
  const ConfigAgreement agreement = round_.agreement();
  if (agreement.settled() || offer.stamp.digest != agreement.stamp.digest) return;
  if (wire::digest_of(offer.config) != offer.stamp.digest) return broken("a configuration with a wrong digest");
  tell_conflicts(agreement);
  const bool forked = agreement.forked.contains(self());
  if (forked || agreement.behind.contains(self())) {
    const ConfigStamp own = state_.stamp;
    const ClusterConfig before = config();
    const std::string aside = forked ? format("conflict-{:016x}", own.digest.value) : std::to_string(own.generation);
    take_newer(message.sender, offer, aside);
    if (forked) {
      std::string text;
      for (const core::ConfigChange& change : core::differences(before, offer.config))
        text += "; " + core::to_line(change);
      lines_.write(Severity::error, "sync", Note::config_conflict,
                   format("the configuration was changed on both sides of a split: the one of {} is used, the one of "
                          "this node is kept beside it as .{}, and nothing that only it knows is stopped (B8); what "
                          "changes here{}",
                          name_of(message.sender), aside, text));
    }
  }
  if (round_.epoch().leader == self() && can_sync()) lead();
}

}  // namespace holdfast::runtime
