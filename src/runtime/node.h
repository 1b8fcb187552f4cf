// One node's daemon without its outside: drives the core with ordered events, syncs every new view, carries out the
// actions addressed to this node, keeps what must last. No policy here. One thread; every call and callback is on it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/local/watchdog.h"
#include "model/state.h"
#include "ports/agent_runner.h"
#include "ports/clock.h"
#include "ports/config_file.h"
#include "ports/engine.h"
#include "ports/journal_store.h"
#include "ports/log_sink.h"
#include "ports/side_channel.h"
#include "ports/state_store.h"
#include "runtime/guard_ports.h"
#include "wire/versions.h"

namespace holdfast::wire {
struct ConfigOffer;
}

namespace holdfast::runtime {

struct NodePorts {
  Clock& clock;
  Engine& engine;
  AgentRunner& agents;
  StateStore& store;
  ConfigFile& config_file;
  LogSink& log;
  GuardPorts guards = {};
  SideChannel* side = nullptr;  ///< for the connectivity guard (L9), of three nodes and more; none: no guard
  /// The nodes changed: ends the side channel and makes one that knows these. Empty: the one that is there knows all.
  std::function<SideChannel*(const std::shared_ptr<const ClusterConfig>&)> renew_side = {};
  JournalStore* journal = nullptr;  ///< none: no journal is kept
};

struct NodeSettings {
  NodeId self;
  std::shared_ptr<const ClusterConfig> config;
  std::string boot;  ///< the machine's boot id: another one means that nothing survived
  Millis alive_interval{1000};
  Millis alive_limit{
      5000};  ///< a member silent for so long is taken through a new sync, and set aside if it does not answer
  Millis sync_limit{1000};  ///< how long the leader waits for a member's State
  Millis stall_tick{50};    ///< how often the loop looks at itself (L5)
  std::function<void()> superseded =
      {};  ///< a younger daemon of this node is in the group: this one must end (trap 17)
  wire::Speech speech = wire::built_speech;       ///< less only where rolling upgrades are tested
  std::int64_t pid = 0;                           ///< of this process, for the line of B5
  std::size_t journal_segment = 8 * 1024 * 1024;  ///< bytes, about
  Millis link_poll{0};  ///< the engine calls on_links at least so often (L5); 0: it promises nothing
};

struct Answer {
  AnswerKind kind = AnswerKind::failed;
  std::string text;
};

/// A decision with the time and epoch in which this node made it.
struct Remembered {
  WallTime at;
  Epoch epoch;
  Decision decision;
};

/// Hears what happens, for the simulator's checkers and the API's streams. May be null.
class NodeObserver {
 public:
  virtual ~NodeObserver() = default;
  /// After every step of the core on this node.
  virtual void on_step(const Event& event, const Outcome& outcome, const ClusterState& state) = 0;
  /// The node is in the configuration no more and has left: its daemon may end. Not from within a call.
  virtual void on_removed() {}
};

class Node final : public EngineListener {
 public:
  Node(NodeSettings settings, NodePorts ports, NodeObserver* observer = nullptr);
  ~Node() override;

  /// `call` is called once when the cluster has answered a leave of this node done (O4), after whoever asked here has
  /// the answer: it is time to leave() and to end.
  void when_told_to_leave(std::function<void()> call);

  /// Loads what lasted, finds what already runs here (R5), then joins the others.
  void start();

  /// Tells the others that this node leaves in order (N5), resources stay as they are; calls `done` when they heard it
  /// or 1 s later.
  void leave(std::function<void()> done);

  /// Asks the cluster on behalf of an operator (the id is given here); `done` gets the one final answer. If no view is
  /// synced in time: failed, with the reason.
  void request(Request asked, std::function<void(Answer)> done);

  /// A node beyond this one's ring has this configuration in force (O7, B8). It is taken if it came from ours and this
  /// node agrees with nobody: among others, the sync decides. True if it was taken.
  bool learn(NodeId from, const wire::ConfigOffer& offer);

  /// Of the configuration in use, as an operator wrote it.
  const std::string& config_text() const;

  /// The replicated state. Before the first sync it holds this node's own facts only.
  const ClusterState& state() const;
  bool synced() const;
  /// Why not, in one line; empty if synced.
  std::string unsynced_because() const;
  /// This node's view of its paths.
  const std::vector<LinkFact>& links() const;
  /// Nodes that are left out of this node's view, since no view would last with them (L9).
  std::vector<NodeId> left_out() const;
  /// G4: whether this node may be fed for, now.
  core::Feeding feeding() const;
  /// Links on which the engine hears a peer and the side channel does not: its port is closed on the way.
  std::vector<ReachPath> unheard() const;
  /// The last decisions, oldest first; bounded.
  const std::deque<Remembered>& decisions() const;

  void on_view(const EngineView& view) override;
  void on_message(EngineMember sender, std::string_view bytes) override;
  void on_links(const std::vector<LinkSample>& links) override;
  void on_engine_lost(const std::string& why) override;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace holdfast::runtime
