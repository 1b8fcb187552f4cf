// What happens, as plain values: the only input of the core besides its state.
#pragma once

#include <map>
#include <set>
#include <variant>
#include <vector>

#include "model/facts.h"

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
  std::map<ResourceName, Intent> intents;  ///< as it knows them
  bool settled = false;                    ///< it is past its start-up wait (O1)
  std::set<NodeId> given_up;               ///< nodes whose daemon's grace has run out (N7)
  std::vector<AbsentNode> absent = {};     ///< why others are away, as far as it knows

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "own", self.own);
    visit(2, "others", self.others);
    visit(3, "intents", self.intents);
    visit(4, "settled", self.settled);
    visit(5, "given_up", self.given_up);
    visit(6, "absent", self.absent);
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

enum class TimerKind : std::uint8_t { startup_wait, daemon_grace };

struct TimerId {
  TimerKind kind = TimerKind::startup_wait;
  NodeId node;  ///< daemon_grace: whose

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "kind", self.kind);
    visit(2, "node", self.node);
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

using Event = std::variant<ViewSynced, ResourceChanged, LinksChanged, TimerFired, Requested>;

}  // namespace holdfast
