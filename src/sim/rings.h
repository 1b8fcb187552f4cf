// The simulated totem: rings of engines, ordered messages, views. No stronger than engine.md, 4.4, says of the real
// one: nodes that go together from one ring to the next deliver the same messages in the same order, and nothing more.
//
//   engine running -> alone in a ring -> (others heard: 0.4 to 1.6 s) merged ring
//   member silent  -> ring frozen: sends are accepted and kept -> (about 2.13 x token) ring without it
//   silent shorter -> ring goes on, nobody sees a change
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "ports/engine.h"
#include "sim/network.h"
#include "sim/scheduler.h"
#include "sim/weather.h"

namespace holdfast::sim {

/// What the rings deliver to a daemon. Implemented by SimEngine.
class RingClient {
 public:
  virtual ~RingClient() = default;
  virtual EngineMember member() const = 0;
  virtual void deliver_view(EngineView view) = 0;
  virtual void deliver_message(EngineMember sender, std::shared_ptr<const std::string> bytes) = 0;
};

/// Hears what the engines do; for the story and for `run until stable`.
class RingObserver {
 public:
  virtual ~RingObserver() = default;
  virtual void on_ring(NodeId node, const std::vector<NodeId>& members) = 0;
};

class Rings {
 public:
  Rings(Scheduler& scheduler, Network& network, Weather weather, std::uint64_t seed);

  Micros token{250000};
  RingObserver* observer = nullptr;

  /// The engine's process starts (first alone) or dies; messages it kept are lost. Leaving in order is seen at once.
  enum class Leave : std::uint8_t { silently, in_order };
  void start_engine(NodeId node);
  void kill_engine(NodeId node, Leave leave = Leave::silently);
  bool running(NodeId node) const { return engine(node).running; }
  /// The whole node stands still. After a pause that the others noticed it first finds itself alone (engine.md 2.7).
  void pause_engine(NodeId node);
  void resume_engine(NodeId node);
  bool answering(NodeId node) const { return engine(node).running && !engine(node).paused; }

  /// A daemon joins the process group, or leaves it (dies). Its engine may be down meanwhile.
  void attach(NodeId node, RingClient& client);
  void detach(NodeId node, RingClient& client);
  void send(NodeId node, EngineMember sender, std::string bytes);

  /// Both are in one ring that goes on.
  bool together(NodeId a, NodeId b) const;
  /// After every change of the network.
  void reassess();
  /// A view change is under way somewhere.
  bool forming() const { return !pending_.empty(); }

 private:
  enum class EntryKind : std::uint8_t { message, join, leave };
  struct Entry {
    EntryKind kind = EntryKind::message;
    EngineMember member;
    std::shared_ptr<const std::string> bytes;
    std::uint64_t missing = 0;  ///< bit per node that has not got it
  };
  using EntryPointer = std::shared_ptr<Entry>;
  struct Ring {
    std::vector<NodeId> members;
    std::vector<std::uint32_t> lives;  ///< of the members' engines
    bool frozen = false;
    Instant frozen_since;
    std::uint32_t era = 0;  ///< deliveries scheduled before a freeze do not happen
    Instant stalled_until;
    std::deque<EntryPointer> flying;
  };
  using RingPointer = std::shared_ptr<Ring>;
  struct EngineNode {
    bool running = false;
    bool paused = false;
    bool alone_first = false;
    std::uint32_t life = 0;
    Instant paused_since;
    RingPointer ring;
    std::vector<EngineMember> group;  ///< as delivered so far
    std::vector<NodeId> nodes;        ///< of the view delivered last
    std::deque<EntryPointer> kept;
    Instant last_delivery;
    RingClient* client = nullptr;
  };
  struct Forming {
    std::vector<NodeId> members;
    std::vector<std::uint32_t> lives;
    Scheduler::Ticket ticket;
  };

  EngineNode& engine(NodeId n) { return engines_[n.value - 1]; }
  const EngineNode& engine(NodeId n) const { return engines_[n.value - 1]; }
  static std::uint64_t bit(NodeId n) { return std::uint64_t{1} << n.value; }

  bool same_ring(const std::vector<NodeId>& members) const;
  void freeze(const RingPointer& ring);
  void thaw(const RingPointer& ring);
  void deliver_flying(const RingPointer& ring);
  void end_stall(const RingPointer& ring, Instant latest);
  void break_rings(const std::vector<NodeId>& group);
  void schedule_forming(const std::vector<NodeId>& group);
  Micros forming_delay(const std::vector<NodeId>& group);
  void gather(const std::vector<NodeId>& members);
  void form(const std::vector<NodeId>& members);
  void flush(const RingPointer& old, const std::vector<NodeId>& side);
  void flush_flying(const RingPointer& old, const std::vector<NodeId>& side, std::uint64_t mask);
  void flush_stray(const std::vector<NodeId>& side);
  void schedule_views(NodeId node, const RingPointer& ring, const std::vector<EngineMember>& group,
                      const std::vector<NodeId>& came_along);
  void schedule_view(NodeId node, Instant when, std::vector<NodeId> nodes, std::vector<EngineMember> group);
  void submit(NodeId node, EntryPointer entry);
  void order(const RingPointer& ring, const EntryPointer& entry);
  void schedule_delivery(const RingPointer& ring, const EntryPointer& entry, NodeId node);
  void deliver(NodeId node, const Entry& entry);
  Instant next_delivery(NodeId node, Micros delay);
  Micros extra_delay(NodeId from, NodeId to);
  bool is_for(const Forming& forming, const std::vector<NodeId>& group) const;
  void plan(const std::vector<std::vector<NodeId>>& groups);
  void note_asymmetry(bool asymmetric);
  void flap();
  void rattle();

  Scheduler& scheduler_;
  Network& network_;
  Weather weather_;
  Random random_;
  std::vector<EngineNode> engines_;
  std::vector<Forming> pending_;
  std::uint32_t variant_ = 0;    ///< of an asymmetric partition's cliques
  std::uint32_t asymmetry_ = 0;  ///< counts its begins and ends
  bool asymmetric_ = false;
  bool rattling_ = false;
};

}  // namespace holdfast::sim
