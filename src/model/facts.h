// What is true on one node, told by that node alone (law 4: facts have one writer).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/ids.h"
#include "base/time.h"
#include "model/described.h"

namespace holdfast {

/// State of a resource on one node. `unprotected` (ISU) is not among them: it is seen from the whole cluster.
enum class ResourceState : std::uint8_t { unknown, out_of_service, starting, in_service, stopping, failed, recovering };

/// True where the resource runs or may run: nobody else may start it.
inline bool holds(ResourceState s) {
  return s == ResourceState::starting || s == ResourceState::in_service || s == ResourceState::stopping ||
         s == ResourceState::recovering;
}

/// A view's name. Greater means later for one leader; two sides of a split never make the same.
struct Epoch {
  NodeId leader;                  ///< the lowest member, who named it
  std::uint64_t incarnation = 0;  ///< of the leader
  std::uint64_t counter = 0;      ///< of the leader, from 1

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "leader", self.leader);
    visit(2, "incarnation", self.incarnation);
    visit(3, "counter", self.counter);
  }
  auto operator<=>(const Epoch&) const = default;
};

/// Names one operation in the whole cluster, for ever.
struct OperationId {
  Epoch epoch;
  std::uint64_t number = 0;  ///< within the epoch, from 1

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "epoch", self.epoch);
    visit(2, "number", self.number);
  }
  auto operator<=>(const OperationId&) const = default;
};

enum class OperationKind : std::uint8_t { start, stop, monitor, probe };
enum class OperationOutcome : std::uint8_t { done, failed, timed_out, not_runnable };  // R4

/// How wanted states are ordered between two sides that did not hear each other.
struct Version {
  std::uint64_t counter = 0;
  NodeId writer;  ///< the lowest member of the view that decided

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "counter", self.counter);
    visit(2, "writer", self.writer);
  }
  auto operator<=>(const Version&) const = default;
};

/// One resource on the node that tells it.
struct ResourceFact {
  ResourceState state = ResourceState::unknown;
  std::optional<OperationId> operation;  ///< the one under way, or the last that ended
  Version for_version;                   ///< of the intent that the last start served; a newer intent may try again
  bool stop_failed = false;              ///< state is failed because a stop failed: it may still run here (F4)
  std::string cause;                     ///< why it is failed: exit code and the tail of the output, one line
  bool may_run = false;  ///< state is failed by a monitor's word: it may still run here until a stop succeeds (F3)

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "state", self.state);
    visit(2, "operation", self.operation);
    visit(3, "for_version", self.for_version);
    visit(4, "stop_failed", self.stop_failed);
    visit(5, "cause", self.cause);
    visit(6, "may_run", self.may_run);
  }
  bool operator==(const ResourceFact&) const = default;
};

/// Plainly out of service: what a resource is that a node says nothing of. Such facts are neither sent nor kept, so
/// that 1000 resources on 32 nodes cost what runs, not what could run.
inline bool says_nothing(const ResourceFact& f) { return f.state == ResourceState::out_of_service && f.cause.empty(); }

/// One path to one peer, as this node sees it.
struct LinkFact {
  NodeId peer;
  LinkIndex link;
  bool up = false;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "peer", self.peer);
    visit(2, "link", self.link);
    visit(3, "up", self.up);
  }
  auto operator<=>(const LinkFact&) const = default;
};

enum class RequestKind : std::uint8_t { start, stop, move };
enum class Force : std::uint8_t { no, yes };

/// Names a request of an operator in the whole cluster.
struct RequestId {
  NodeId origin;
  std::uint64_t incarnation = 0;  ///< of the origin
  std::uint64_t number = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "origin", self.origin);
    visit(2, "incarnation", self.incarnation);
    visit(3, "number", self.number);
  }
  auto operator<=>(const RequestId&) const = default;
};

struct Request {
  RequestId id;
  RequestKind kind = RequestKind::start;
  ResourceName resource;
  std::optional<NodeId> node;  ///< start: where (none: the best); stop: only there; move: to
  Force force = Force::no;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "id", self.id);
    visit(2, "kind", self.kind);
    visit(3, "resource", self.resource);
    visit(4, "node", self.node);
    visit(5, "force", self.force);
  }
  bool operator==(const Request&) const = default;
};

/// All that a node tells of itself. Newer if (incarnation, sequence) is greater.
struct NodeFacts {
  NodeId node;
  std::uint64_t incarnation = 0;  ///< of the daemon's life: greater after every start
  std::uint64_t sequence = 0;     ///< grows with every change
  Digest config;
  std::map<ResourceName, ResourceFact> resources;  ///< one that is missing is out of service
  std::vector<LinkFact> links;
  std::map<RequestId, Request> requests;  ///< of its operators, not answered yet

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "incarnation", self.incarnation);
    visit(3, "sequence", self.sequence);
    visit(4, "config", self.config);
    visit(5, "resources", self.resources);
    visit(6, "links", self.links);
    visit(7, "requests", self.requests);
  }
  bool operator==(const NodeFacts&) const = default;
};

/// Why a resource is wanted where it is.
enum class IntentCause : std::uint8_t { none, operator_request, node_failure, startup, adopted };

/// Where a resource shall be in service. Replicated; merged by version.
struct Intent {
  Version version;
  std::optional<NodeId> wanted_on;  ///< none: out of service
  std::set<NodeId> stop_on;         ///< a stop was ordered there and has not succeeded yet
  IntentCause cause = IntentCause::none;
  bool forced = false;  ///< by an operator: what absent nodes may hold is disregarded (O2)

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "version", self.version);
    visit(2, "wanted_on", self.wanted_on);
    visit(3, "stop_on", self.stop_on);
    visit(4, "cause", self.cause);
    visit(5, "forced", self.forced);
  }
  bool operator==(const Intent&) const = default;
};

}  // namespace holdfast
