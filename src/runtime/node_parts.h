// What a Node is made of. Split over several files by question:
//   node.cc          life: start, leave, requests, the tick
//   node_views.cc    what the engine says of members and paths; holding back after a stall (L5)
//   node_sync.cc     the sync of a view: lead, answer, close, give up
//   node_messages.cc messages in and out; Alive and the comparison of digests
//   node_speech.cc   which version of the protocol is spoken, and who does not speak it
//   node_step.cc     the core: step it, carry out its actions
//   node_config.cc   another configuration: take it, store it, hand it on
#pragma once

#include <map>
#include <set>

#include "core/local/links.h"
#include "core/local/stall.h"
#include "runtime/confirmations.h"
#include "runtime/connectivity.h"
#include "runtime/core_timers.h"
#include "runtime/durable.h"
#include "runtime/executor.h"
#include "runtime/fact_book.h"
#include "runtime/guards.h"
#include "runtime/journal.h"
#include "runtime/lines.h"
#include "runtime/membership.h"
#include "runtime/node.h"
#include "runtime/requests.h"
#include "runtime/spoken_versions.h"
#include "runtime/sync_round.h"
#include "wire/message.h"

namespace holdfast::runtime {

class Node::Parts {
 public:
  Parts(NodeSettings settings, NodePorts ports, NodeObserver* observer, EngineListener& listener);

  void start();
  void leave(std::function<void()> done);
  void when_told_to_leave(std::function<void()> call) { told_to_leave_ = std::move(call); }
  void request(Request asked, std::function<void(Answer)> done);

  void on_view(const EngineView& view);
  void on_message(EngineMember sender, std::string_view bytes);
  void on_links(const std::vector<LinkSample>& links);
  void on_engine_lost(const std::string& why);

  bool learn(NodeId from, const wire::ConfigOffer& offer);
  const std::string& config_text() const { return config_text_; }
  const ClusterState& state() const { return state_; }
  bool synced() const { return synced_; }
  const std::string& because() const { return because_; }
  const std::vector<LinkFact>& links() const { return judge_.facts(); }
  core::Feeding feeding() const;
  std::vector<ReachPath> unheard() const { return connectivity_ ? connectivity_->unheard() : std::vector<ReachPath>{}; }
  std::vector<NodeId> left_out() const { return connectivity_ ? connectivity_->left_out() : std::vector<NodeId>{}; }
  const std::deque<Remembered>& decisions() const { return decisions_; }

 private:
  NodeId self() const { return settings_.self; }
  const ClusterConfig& config() const { return *settings_.config; }
  Instant now() const { return ports_.clock.now(); }
  std::string name_of(NodeId node) const { return config().name_of(node); }
  std::string names_of(const std::vector<NodeId>& nodes) const;

  // node.cc
  void name_life_by_boot_clock();
  bool may_hold_something() const;
  void join();
  void tick();
  void fail_old_requests();
  void finish_leaving();

  // node_views.cc
  void look();
  bool holding() const { return held_ || guard_.holding(now()); }
  bool waits_for_ring();
  void maybe_end_hold();
  bool waits_with(const EngineView& view);
  void take_view(const EngineView& view);
  void check_own_resources();
  void end_hold();
  void begin_view();
  void reconnected();
  bool superseded();
  void judge_ring();
  void judge_poll();
  void take_lines(const std::vector<core::LinkLine>& lines);

  // node_sync.cc
  bool can_sync() const;
  void unsync(std::string why);
  void lead();
  void sync_tick();
  void close_or_repeat();
  void watch_for_silence();
  void wait_for_leader();
  void want_sync(const std::string& why);
  Micros leaderless_for() const;
  Micros patience(std::size_t rank) const;
  bool may_lead(NodeId sender) const;
  void take(const wire::Message& message, const wire::SyncStart& start);
  void take(const wire::Message& message, const wire::State& state);
  void take(const wire::Message& message, const wire::SyncExclude& exclude);
  void take(const wire::Message& message, const wire::SyncWanted& wanted);
  void finish_round();
  void set_aside(const std::string& why);
  void enter(const ViewSynced& view);
  void tell_older(const ViewSynced& view);

  // node_messages.cc
  void send(wire::Payload payload, const Epoch& epoch);
  void tell(const Event& event);
  bool counts(const wire::Message& message) const { return synced_ && message.epoch == state_.epoch; }
  void broken(const std::string& what);
  bool can_read(EngineMember sender, std::string_view bytes);
  void judge_speech();
  wire::Writing writing_for(const Epoch& epoch) const;
  void when_told(std::function<void()> call);
  void say_alive();
  void take(const wire::Message& message, const wire::Apply& apply);
  void take(const wire::Message& message, const wire::Alive& alive);
  void take(const wire::Message& message, const wire::VerifyDigest& verify);
  void take(const wire::Message& message, const wire::Goodbye& goodbye);
  void take(const wire::Message& message, const wire::Confirm& confirm);
  void take(const wire::Message& message, const wire::Confirmed& confirmed);

  // node_step.cc
  WallTime cluster_now() const;
  void step(NodeId sender, const Event& event, WallTime at);
  void keep();
  void remember(const Decision& decision);
  std::string removal_line(const Decision& decision) const;
  void carry_out(const Action& action);
  void take_answer(const AnswerRequest& answer);
  void answer_when_kept(const AnswerRequest& answer);
  bool tells_to_leave(const AnswerRequest& answer) const;
  void leave_as_told();
  void fire(TimerId timer);

  // node_config.cc
  void read_config_text();
  void expect_new_nodes();
  void take_configuration(std::string text, const std::string& keep_as);
  void renew_connectivity(const ClusterConfig& before);
  void store_configuration();
  void configuration_stored(Digest stored, const Result<void>& written);
  void activate_when_all_have_it();
  void hand_on(const ConfigAgreement& agreement);
  void tell_conflicts(const ConfigAgreement& agreement);
  void take(const wire::Message& message, const wire::ConfigOffer& offer);
  void take_newer(NodeId from, const wire::ConfigOffer& offer, const std::string& keep_as);

  NodeSettings settings_;
  NodePorts ports_;
  NodeObserver* observer_;
  EngineListener& listener_;
  Lines lines_;
  Durable durable_;
  Journal journal_;
  FactBook book_;
  Executor executor_;
  Guards guards_;
  CoreTimers timers_;
  PendingRequests requests_;
  Confirmations confirmations_;
  Membership membership_;
  SyncRound round_;
  core::LinkJudge judge_;
  core::StallGuard guard_;
  SpokenVersions spoken_;
  std::unique_ptr<Connectivity> connectivity_;  ///< may be null
  wire::Assembler assembler_;
  ClusterState state_;
  WallTime clock_base_;  ///< cluster time at clock_base_at_
  Instant clock_base_at_;
  std::deque<Remembered> decisions_;

  std::uint64_t incarnation_ = 0;
  std::uint64_t messages_sent_ = 0;
  std::uint64_t requests_made_ = 0;
  std::uint64_t syncs_led_ = 0;

  bool synced_ = false;
  std::string because_ = "the daemon is starting";
  Instant unsynced_since_;

  // The sync of the present view.
  std::optional<NodeId> acting_leader_;  ///< whose SyncStart was adopted in this view, or who closed a sync without us
  bool aside_ = false;                   ///< a sync was closed without this node
  bool differs_ = false;                 ///< this node's configuration is not the leader's
  bool closing_ = false;                 ///< SyncExclude was sent for the round under way
  Epoch heard_epoch_;                    ///< the last that a message of another member named
  Instant round_since_;
  Instant leaderless_since_;
  Instant last_lead_;
  Instant last_wanted_;
  Micros wanted_delay_{0};

  // Paths, stalls, the engine.
  EngineView view_;
  std::uint64_t engine_hold_ = 0;  ///< number of the last hold that began because of the engine alone; 0: none
  std::optional<EngineView> doubtful_view_;  ///< came last, and is not believed yet (L9)
  std::vector<LinkFact> last_poll_;
  bool joined_ = false;
  bool held_ = false;
  std::optional<Instant> ring_limit_;  ///< of a hold that only waits for the ring
  bool engine_lost_ = false;
  bool second_daemon_ = false;
  SpokenVersions::Agreement speech_;  ///< of the group, as far as it was heard
  std::uint16_t view_version_ = 0;    ///< in which this view's members write to each other
  std::set<NodeId> told_strange_;
  std::vector<NodeId> before_loss_;  ///< members before the engine was lost; empty: it was not

  // Another configuration (V9).
  std::string config_text_;
  std::string keep_as_;             ///< how the file that is replaced is kept; empty: nothing is to be stored
  bool config_write_ = false;       ///< a write is under way
  bool config_write_told_ = false;  ///< that it cannot be stored
  bool staged_ = false;             ///< the engine has it and does not run with it yet
  bool caught_up_ = false;          ///< from others in a sync: this node's engine has it last
  bool learned_ = false;            ///< from nodes beyond this one's ring
  Epoch offered_;                   ///< of the round in which this node handed it on
  std::unique_ptr<Timer> config_retry_;

  // Alive.
  std::map<NodeId, Instant> last_heard_;
  Instant last_alive_;
  std::uint64_t alives_ = 0;
  std::uint64_t verify_position_ = 0;
  Digest verify_digest_;
  std::set<NodeId> told_different_;
  Instant last_broken_;
  std::uint64_t broken_since_ = 0;

  bool leaving_ = false;
  bool gone_ = false;
  std::vector<std::function<void()>> leave_done_;
  std::function<void()> told_to_leave_;
  std::unique_ptr<Timer> leave_limit_;
  std::unique_ptr<Timer> tick_;
  Instant last_tick_{};
  bool booted_anew_ = false;  ///< this machine was started since the daemon's last life: nothing survived
};

}  // namespace holdfast::runtime
