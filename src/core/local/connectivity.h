// The connectivity guard (L9; engine.md 2.6). Where some nodes hear each other and others hear only a part, the engine
// forms ring after ring and delivers nothing. This says which nodes must be shut out so that one view holds, and when
// they may come back.
//
//   free --(nodes do not all hear each other, for `confirm`, and the engine's ring does not hold)--> shutting out
//   shutting out --(all in the group hear the one shut out again, for a wait that doubles)--> free
//
// Every node says in a ReachNote whom it hears; all nodes that reach each other in any way have the same notes and
// come to the same groups (division.h): the greatest stays, of equal ones that with the lowest node. Each node shuts
// out all of the others that are not in its own group, so that both sides of a boundary hold it. A group that one node
// has confirmed the others take over at once. Engines in such a state can go on exchanging nothing but their
// membership for many seconds after the cause is gone (measured: 6 s), so every node first shuts out all others for a
// moment.
//
// Of equally great groups, one that was decided and whose ring works goes before one with a lower node: a node that
// starts, and is heard by some before it is heard by others, does not part them.
//
// Meanwhile the engine makes views of some or one. They say nothing about the others, who can be heard: none of them is
// failed (N1), and such a view is not believed (waits()). Pure and per node; never replicated.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/local/division.h"
#include "core/local/flap.h"
#include "model/config.h"
#include "model/reach.h"

namespace holdfast::core {

struct ConnectivityLimits {
  Micros confirm = Millis{1'000};        ///< so long it must look the same before a node is shut out
  Micros quiet = Millis{1'500};          ///< an engine that delivered nothing for so long stands still
  Micros wait = Millis{3'000};           ///< so long all must be well before a node is let in again; doubles with
  Micros longest_wait = Millis{60'000};  ///< every time, up to this, and ...
  Micros forgive = Millis{300'000};      ///< ... begins anew after so long without
  Micros calm = Millis{700};             ///< so long the engine of a group is quite alone before it forms its ring
  Micros patience = Millis{4'000};       ///< so long a ring that is not the group is not believed
  Micros forget = Millis{10'000};        ///< a node shut out of which nobody hears for so long is let in: it is down
};

/// What follows from the heartbeat settings. `alive_interval`: every member sends a message so often.
ConnectivityLimits connectivity_limits(const Detection& detection, Millis alive_interval);

enum class ConnectivityNews : std::uint8_t { left_out, let_in, bridged };

struct ConnectivityLine {
  ConnectivityNews news = ConnectivityNews::left_out;
  std::string text;
  bool operator==(const ConnectivityLine&) const = default;
};

class ConnectivityGuard {
 public:
  ConnectivityGuard(NodeId self, std::shared_ptr<const ClusterConfig> config, ConnectivityLimits limits);

  /// Whom this node hears, and of whom it does not know yet (hearing.h).
  void on_answering(const std::vector<NodeId>& peers, Instant now);
  void on_unclear(std::vector<NodeId> peers) {
    fresh_ = fresh_ || peers != unclear_;
    unclear_ = std::move(peers);
  }
  void on_note(NodeId node, ReachNote note);
  void on_note_lost(NodeId node, Instant now);
  void on_ring(const std::vector<NodeId>& nodes);
  void on_delivery(Instant now);
  /// This node stood still: nothing is decided before it has read what came meanwhile (L5).
  void on_stall() { stalled_ = fresh_ = true; }

  struct Outcome {
    bool note_changed = false;
    bool shut_out_changed = false;
    std::vector<ConnectivityLine> lines;
  };
  /// To be called after every input, and every 50 ms or so.
  Outcome look(Instant now);

  const ReachNote& note() const { return note_; }
  /// Who is left out, and who is shut out now; ascending. The same but for the moment of calm.
  std::vector<NodeId> left_out() const { return nodes_of(out_); }
  std::vector<NodeId> shut_out() const { return nodes_of(shut_out_mask()); }
  /// The engine's present ring is not to be believed yet: it lacks nodes of this node's group that can be heard, or
  /// has others. `heard`: from whom something came within the last moments. Not longer than `patience`.
  bool waits(const std::vector<NodeId>& heard, Instant now);
  /// Others stay, and this node's group is left out; `heard` are some of those.
  bool is_left_behind(const std::vector<NodeId>& heard) const;
  /// The engine's present ring is just the group that this guard decided on.
  bool ring_is_decided() const;

 private:
  struct Wanted {
    NodeMask group = 0;  ///< whom this node stays with
    NodeMask out = 0;    ///< whom it has to shut out
    bool operator==(const Wanted&) const = default;
  };

  /// All that is known at one moment.
  struct Picture {
    Mesh mesh;
    NodeMask restless = 0;         ///< peers whose links to this node come and go
    NodeMask concerned = 0;        ///< this node and all it reaches, if only through others
    std::vector<NodeMask> groups;  ///< of those
    Wanted want;
  };

  /// What others hear of this node and what they are allowed to, to see whether a look changed it.
  struct Told {
    struct Note {
      NodeMask answering, ring, group, unclear;
      bool delivers, ready;
      bool operator==(const Note&) const = default;
    } note;
    NodeMask shut_out;
  };

  Told told() const;
  NodeMask shut_out_mask() const;
  bool nothing_to_do(Instant now) const;
  NodeMask restless(Instant now);
  void refresh_note(NodeMask restless, Instant now);
  Picture picture(NodeMask restless) const;
  void keep_standing_rings(Picture& picture) const;
  const ReachNote* note_of(NodeId node) const;
  bool ring_holds(NodeMask nodes) const;
  bool anything_unclear(const Picture& picture) const;
  bool another_has_confirmed(const Picture& picture) const;
  bool all_ready(NodeMask nodes) const;
  void consider_shutting_out(const Picture& picture, Instant now, Outcome& outcome);
  void consider_letting_in(const Picture& picture, Instant now, Outcome& outcome);
  void tell_of_bridge(const Picture& picture, Instant now, Outcome& outcome);
  void shut_out(const Picture& picture, Instant now, Outcome& outcome);
  void let_in(NodeMask nodes, Instant now, Outcome& outcome);
  NodeMask forgotten(Instant now) const;
  std::string who_is_left_out(const Picture& picture) const;
  std::string who_is_silent(const Picture& picture) const;
  std::string names(NodeMask nodes) const;

  NodeId self_;
  std::shared_ptr<const ClusterConfig> config_;
  ConnectivityLimits limits_;
  FlapJudge flaps_;
  NodeMask answering_ = 0;  ///< as measured; flaps_ decides who of them counts
  std::vector<NodeId> unclear_;
  NodeMask ring_ = 0;
  Instant delivered_;
  bool ring_delivers_ = false;  ///< something came since the ring is this
  ReachNote note_;
  std::map<NodeId, ReachNote> notes_;
  std::map<NodeId, Instant> lost_;  ///< nodes shut out, since nobody hears of them

  NodeMask out_ = 0;
  NodeMask group_ = 0;    ///< of the picture seen last
  NodeMask decided_ = 0;  ///< the group that this node stays with, while others are out
  NodeMask first_ = 0;    ///< the one that goes before the others
  bool calming_ = false;
  Instant calm_until_;
  std::optional<Instant> waits_since_;
  std::optional<Wanted> candidate_;
  Instant candidate_since_;
  NodeMask returning_ = 0;
  Instant returning_since_;
  Micros wait_{0};
  Instant let_in_at_;
  std::optional<Instant> holds_since_;  ///< the ring, though some do not hear each other; told when it lasts
  bool bridged_ = false;                ///< that is told
  bool stalled_ = false;
  bool fresh_ = true;  ///< something came, or was done, since the last look
};

}  // namespace holdfast::core
