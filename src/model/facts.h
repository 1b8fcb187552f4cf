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
#include "model/config.h"
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

enum class OperationKind : std::uint8_t { start, stop, monitor, probe, recover };
enum class OperationOutcome : std::uint8_t {
  done,
  failed,
  timed_out,  ///< R4
  not_runnable,
  held_elsewhere,  ///< a start only: another machine holds what it needs, as an address that answers there (B3)
};

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

/// What went wrong when the state is failed.
enum class Failure : std::uint8_t {
  none,
  start,       ///< S1
  stop,        ///< F4
  in_service,  ///< F1: a monitor or a hint found it so
  recovery,    ///< F5: the local recovery failed, or the agent has none
  start_held,  ///< S1, B3: a start, as another machine holds what it needs
};

inline bool is_of_start(Failure failure) { return failure == Failure::start || failure == Failure::start_held; }

/// One resource on the node that tells it.
struct ResourceFact {
  ResourceState state = ResourceState::unknown;
  std::optional<OperationId> operation;  ///< the one under way, or the last that ended
  Version for_version;                   ///< of the intent that the last start served; a newer intent may try again
  std::string cause;                     ///< why it is failed: exit code and the tail of the output, one line
  bool may_run = false;                  ///< state is failed, but it may still run here until a stop succeeds (F3, F4)
  Failure failure = Failure::none;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "state", self.state);
    visit(2, "operation", self.operation);
    visit(3, "for_version", self.for_version);
    visit(5, "cause", self.cause);
    visit(6, "may_run", self.may_run);
    visit(7, "failure", self.failure);
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

/// A node's own quorum and what the witness says of its peers (G1), for one epoch.
struct WitnessFact {
  Epoch epoch;  ///< the view that it was asked in: an answer for another one counts for nothing
  bool quorate = false;
  std::set<NodeId> alive;              ///< storage: nodes whose marks are fresh
  std::string text;                    ///< what was found, one line
  QuorumKind kind = QuorumKind::none;  ///< who was asked: after a live change another one counts (O7)

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "epoch", self.epoch);
    visit(2, "quorate", self.quorate);
    visit(3, "alive", self.alive);
    visit(4, "text", self.text);
    visit(5, "kind", self.kind);
  }
  bool operator==(const WitnessFact&) const = default;
};

enum class FenceOutcome : std::uint8_t { running, off, failed };

/// How a node's run of a fence agent against another node stands (G3).
struct FenceFact {
  OperationId operation;
  std::uint32_t level = 0;  ///< of the target's fence levels, from 0
  FenceOutcome outcome = FenceOutcome::running;
  std::string text;  ///< one line: exit code and the tail of the output, without secrets

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "operation", self.operation);
    visit(2, "level", self.level);
    visit(3, "outcome", self.outcome);
    visit(4, "text", self.text);
  }
  bool operator==(const FenceFact&) const = default;
};

enum class RequestKind : std::uint8_t {
  start,
  stop,
  move,
  leave,        ///< `node` leaves in order (O4)
  maintenance,  ///< on or off, for `resource`, for `node`, or for the cluster (O5)
  confirm,      ///< N6: take over what the lost `node` ran, or do not
  confirm_off,  ///< G3: an operator says that the lost `node` is powered off
  resolve,      ///< B7: `resource`'s hierarchy stays on `node` and stops elsewhere
  apply,        ///< V9: another configuration
};
enum class Force : std::uint8_t { no, yes };
enum class LeaveMode : std::uint8_t { stop_resources, keep_resources };

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

/// Which configuration a node has, and which ones it came from (B8).
struct ConfigStamp {
  std::uint64_t generation = 0;  ///< 0: as it was read from the file; each live change adds one
  Digest digest;
  std::vector<Digest> lineage;  ///< of the generations before, oldest first; bounded

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "generation", self.generation);
    visit(2, "digest", self.digest);
    visit(3, "lineage", self.lineage);
  }
  bool operator==(const ConfigStamp&) const = default;
};

/// A checked configuration that shall replace the one with digest `base` (V9).
struct ConfigProposal {
  Digest base;
  Digest digest;  ///< of `config`
  ClusterConfig config;
  std::string text;  ///< the file as the operator wrote it

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "base", self.base);
    visit(2, "digest", self.digest);
    visit(3, "config", self.config);
    visit(4, "text", self.text);
  }
  bool operator==(const ConfigProposal&) const = default;
};

struct Request {
  RequestId id;
  RequestKind kind = RequestKind::start;
  ResourceName resource;
  std::optional<NodeId> node;  ///< start: where (none: the best); stop: only there; move: to
  Force force = Force::no;
  bool on = false;  ///< maintenance: on; confirm: yes
  LeaveMode mode = LeaveMode::stop_resources;
  std::optional<ConfigProposal> proposal = {};  ///< apply

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "id", self.id);
    visit(2, "kind", self.kind);
    visit(3, "resource", self.resource);
    visit(4, "node", self.node);
    visit(5, "force", self.force);
    visit(6, "on", self.on);
    visit(7, "mode", self.mode);
    visit(8, "proposal", self.proposal);
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
  std::map<RequestId, Request> requests;    ///< of its operators, not answered yet
  std::optional<WitnessFact> witness = {};  ///< none: not asked yet, or no witness is configured
  std::map<NodeId, FenceFact> fences = {};  ///< by target: its last run of a fence agent

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "incarnation", self.incarnation);
    visit(3, "sequence", self.sequence);
    visit(4, "config", self.config);
    visit(5, "resources", self.resources);
    visit(6, "links", self.links);
    visit(7, "requests", self.requests);
    visit(8, "witness", self.witness);
    visit(9, "fences", self.fences);
  }
  bool operator==(const NodeFacts&) const = default;
};

enum class Consent : std::uint8_t { none, waiting, granted, denied };  // N6
enum class Isolation : std::uint8_t {
  none,     ///< nothing was done or is needed
  wanted,   ///< fencing is due, or held back by the limit of G5
  running,  ///< a fence agent is at work, or its watchdog's time is running
  failed,   ///< every level failed: held, an operator must confirm (G3)
  off,      ///< confirmed: it cannot hold anything any more
};

/// What was done about a node that is away. Forgotten when it is a member again; counts only while the node's facts
/// are the ones of `incarnation` and `sequence`.
struct Loss {
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;
  bool given_up = false;  ///< its daemon has used up its grace (N7)
  Consent consent = Consent::none;
  Isolation isolation = Isolation::none;
  std::uint32_t level = 0;                    ///< of its fence levels: the one that is tried now
  std::optional<OperationId> operation = {};  ///< the run of a fence agent that was ordered
  std::string text;                           ///< how it was confirmed off, or why not
  bool unseen = false;                        ///< no member has heard it since itself started

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "incarnation", self.incarnation);
    visit(2, "sequence", self.sequence);
    visit(3, "given_up", self.given_up);
    visit(4, "consent", self.consent);
    visit(5, "isolation", self.isolation);
    visit(6, "level", self.level);
    visit(7, "text", self.text);
    visit(8, "operation", self.operation);
    visit(9, "unseen", self.unseen);
  }
  bool operator==(const Loss&) const = default;
};

/// A node was fenced or reset (G5).
struct FenceRecord {
  WallTime at;  ///< cluster time
  NodeId target;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "at", self.at);
    visit(2, "target", self.target);
  }
  auto operator<=>(const FenceRecord&) const = default;
};

/// What operators switched. Replicated; merged whole, by version.
struct Switches {
  Version version;
  bool cluster = false;  ///< maintenance of everything (O5)
  std::set<NodeId> nodes;
  std::set<ResourceName> resources;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "version", self.version);
    visit(2, "cluster", self.cluster);
    visit(3, "nodes", self.nodes);
    visit(4, "resources", self.resources);
  }
  bool operator==(const Switches&) const = default;
};

}  // namespace holdfast
