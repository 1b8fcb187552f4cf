// What happens, as plain values: the only input of the core besides its state.
#pragma once

#include <map>
#include <set>
#include <variant>
#include <vector>

#include "model/intent.h"

namespace holdfast {

/// Why a configured node is not a member of the view. Named by the view's leader, the same for all members.
enum class Absence : std::uint8_t {
  never_seen,      ///< not heard since this side started; `startup_wait` applies (O1)
  no_answer,       ///< all links to it are silent: the node failed (N1)
  daemon_dead,     ///< its engine answers, its daemon does not: `daemon_grace` applies (N7)
  left_in_order,   ///< it said good-bye (N5)
  set_aside,       ///< a member that did not answer the sync in time: not failed, takes no part
  config_differs,  ///< its configuration is another one: takes no part
};

struct AbsentNode {
  NodeId node;
  Absence absence = Absence::never_seen;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "absence", self.absence);
  }
  auto operator<=>(const AbsentNode&) const = default;
};

/// What one member brings into a sync.
struct MemberReport {
  NodeFacts own;
  std::vector<NodeFacts> others;           ///< the last it heard of every other node
  std::map<ResourceName, Intent> intents;  ///< by hierarchy, as it knows them
  bool settled = false;                    ///< it is past its start-up wait (O1)
  std::map<NodeId, Loss> losses = {};      ///< what was done about nodes that are away
  std::vector<FenceRecord> fenced = {};    ///< within the last `fence_window` (G5), ascending
  Switches switches;
  WallTime clock = {};                  ///< cluster time as it knows it
  std::vector<AbsentNode> absent = {};  ///< why others are away, as far as it knows
  std::uint32_t feature_level = 1;      ///< the highest that its build knows (docs/decisions/0002)
  ConfigStamp stamp = {};               ///< of the configuration that it decides by

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "own", self.own);
    visit(2, "others", self.others);
    visit(11, "intents", self.intents);
    visit(4, "settled", self.settled);
    visit(6, "absent", self.absent);
    visit(7, "losses", self.losses);
    visit(8, "fenced", self.fenced);
    visit(9, "switches", self.switches);
    visit(10, "clock", self.clock);
    visit(20, "feature_level", self.feature_level);
    visit(12, "stamp", self.stamp);
  }
  bool operator==(const MemberReport&) const = default;
};

/// The members agreed on a view and exchanged what they know (law 4). Nothing is decided before.
struct ViewSynced {
  Epoch epoch;
  std::vector<NodeId> members;        ///< ascending
  std::vector<AbsentNode> absent;     ///< every other configured node, ascending
  std::vector<MemberReport> reports;  ///< one per member, in the order of `members`

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "epoch", self.epoch);
    visit(2, "members", self.members);
    visit(3, "absent", self.absent);
    visit(4, "reports", self.reports);
  }
  bool operator==(const ViewSynced&) const = default;
};

/// A node tells a new state of one of its resources: an operation began or ended, a monitor saw a change.
struct ResourceChanged {
  NodeId node;
  std::uint64_t sequence = 0;  ///< of the node's facts after this change
  ResourceName resource;
  ResourceFact fact;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "sequence", self.sequence);
    visit(3, "resource", self.resource);
    visit(4, "fact", self.fact);
  }
  bool operator==(const ResourceChanged&) const = default;
};

struct LinksChanged {
  NodeId node;
  std::uint64_t sequence = 0;
  std::vector<LinkFact> links;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "sequence", self.sequence);
    visit(3, "links", self.links);
  }
  bool operator==(const LinksChanged&) const = default;
};

/// A node's witness answered (G1).
struct WitnessChanged {
  NodeId node;
  std::uint64_t sequence = 0;
  WitnessFact witness;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "sequence", self.sequence);
    visit(3, "witness", self.witness);
  }
  bool operator==(const WitnessChanged&) const = default;
};

/// A node began or ended a run of a fence agent against `target` (G3).
struct FenceChanged {
  NodeId node;
  std::uint64_t sequence = 0;
  NodeId target;
  FenceFact fence;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "sequence", self.sequence);
    visit(3, "target", self.target);
    visit(4, "fence", self.fence);
  }
  bool operator==(const FenceChanged&) const = default;
};

/// A node has adopted and stored another configuration (V9).
struct ConfigStored {
  NodeId node;
  std::uint64_t sequence = 0;
  Digest config;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "sequence", self.sequence);
    visit(3, "config", self.config);
  }
  bool operator==(const ConfigStored&) const = default;
};

enum class TimerKind : std::uint8_t {
  startup_wait,
  daemon_grace,  ///< of `node` (N7)
  confirm,       ///< of `node` (N6)
  watchdog,      ///< of `node`: by then it has reset itself (G4)
  fence_window,  ///< the limit of G5 may allow the next
  switchback,    ///< of the hierarchy of `resource` (O3)
  start_again,   ///< of the hierarchy of `resource`: what the other side held may be free by now (G2, B3)
};

struct TimerId {
  TimerKind kind = TimerKind::startup_wait;
  NodeId node = {};
  ResourceName resource = {};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "kind", self.kind);
    visit(2, "node", self.node);
    visit(3, "resource", self.resource);
  }
  auto operator<=>(const TimerId&) const = default;
};

struct TimerFired {
  TimerId timer;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "timer", self.timer);
  }
  bool operator==(const TimerFired&) const = default;
};

/// An operator asks.
struct Requested {
  Request request;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "request", self.request);
  }
  bool operator==(const Requested&) const = default;
};

using Event = std::variant<ViewSynced, ResourceChanged, LinksChanged, TimerFired, Requested, WitnessChanged,
                           FenceChanged, ConfigStored>;

}  // namespace holdfast
