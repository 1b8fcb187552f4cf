// What an operator sees of the cluster at once: `GET /v1/status`, `holdfast status`. Plain values by name, not by id.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/reach.h"
#include "model/state.h"

namespace holdfast::api {

/// How a node stands, in words for operators. `stopped`: it left in order (N5).
enum class NodeShown : std::uint8_t {
  online,
  failed,
  stopped,
  daemon_dead,
  set_aside,
  config_differs,
  waiting,
  unknown
};

/// State of a resource on one node. `unprotected`: in service, but no other node could take it over now.
enum class StateShown : std::uint8_t {
  in_service,
  unprotected,
  out_of_service,
  failed,
  unknown,
  starting,
  stopping,
  recovering
};

/// The words of the JSON, for example "out-of-service".
std::string_view word(NodeShown state);
std::string_view word(StateShown state);
std::optional<NodeShown> node_shown(std::string_view word);
std::optional<StateShown> state_shown(std::string_view word);

/// True for in_service and unprotected.
inline bool serves(StateShown state) { return state == StateShown::in_service || state == StateShown::unprotected; }

/// One path from `node` to `peer`, as `node` sees it.
struct LinkStatus {
  std::string node;
  std::string peer;
  std::uint32_t index = 0;
  std::string local;   ///< address of `node`
  std::string remote;  ///< address of `peer`
  bool up = false;
  bool operator==(const LinkStatus&) const = default;
};

struct NodeStatus {
  std::string name;
  NodeShown state = NodeShown::unknown;
  bool self = false;              ///< the node that answers
  std::vector<LinkStatus> links;  ///< as this node sees them; empty if it is no member
  bool operator==(const NodeStatus&) const = default;
};

struct HierarchyStatus {
  std::string name;
  std::vector<std::string> resources;  ///< top-down: each before what it depends on
  bool operator==(const HierarchyStatus&) const = default;
};

struct ResourceStatus {
  std::string name;
  std::string agent;
  std::vector<std::string> depends_on;
  std::vector<std::string> nodes;            ///< priority order
  std::optional<std::string> wanted_on;      ///< none: shall be out of service
  std::map<std::string, StateShown> states;  ///< by node; every one of `nodes`
  std::map<std::string, std::string> text;   ///< by node: the cause, where there is one to tell
  bool operator==(const ResourceStatus&) const = default;
};

/// Something an operator should know or decide. Kinds: frozen, maintenance, no-quorum, waits (a lost node's takeover),
/// held (F7), switchback, split, failed, not-in-service, not-fed (G4),
/// port-closed (L9).
struct Attention {
  std::string kind;
  std::string node;      ///< empty: none in particular
  std::string resource;  ///< empty: about a node or the cluster
  std::string text;      ///< one sentence
  std::string command;   ///< what to run about it; empty: nothing, or it depends
  bool operator==(const Attention&) const = default;
};

/// What is in maintenance (O5).
struct MaintenanceStatus {
  bool cluster = false;
  std::vector<std::string> nodes;
  std::vector<std::string> resources;
  bool operator==(const MaintenanceStatus&) const = default;
};

struct Status {
  std::string cluster;
  std::string node;  ///< that answers
  std::string version;
  bool synced = false;
  std::string unsynced_because;
  std::string profile;    ///< linux, windows
  std::string detection;  ///< fast, normal, relaxed, custom
  std::string watchdog;   ///< its device; "none" where a node may have to reset itself without one (G4); else empty
  std::vector<NodeStatus> nodes;
  std::vector<LinkStatus> links;  ///< of the node that answers
  std::vector<HierarchyStatus> hierarchies;
  std::vector<ResourceStatus> resources;
  std::vector<std::string> left_out;  ///< of this node's view, because not all of it hear them (L9)
  MaintenanceStatus maintenance;
  std::vector<Attention> attention;  ///< weightiest first; empty: all is well
  bool operator==(const Status&) const = default;

  const ResourceStatus* resource(std::string_view wanted) const;
  const NodeStatus* find_node(std::string_view wanted) const;
};

/// What a node knows besides the replicated state.
struct OwnView {
  NodeId self;
  bool synced = false;
  std::string unsynced_because;
  std::vector<LinkFact> links;
  std::string version;
  std::vector<NodeId> left_out = {};
  std::map<NodeId, std::string> not_free =
      {};  ///< lost nodes that may still hold what they ran, and why (N6, G1 to G5)
  std::map<NodeId, std::string> no_quorum = {};  ///< members that may not act, and why (G2)
  std::string frozen_because = {};               ///< empty: decisions are not frozen
  std::string not_fed = {};                      ///< why this node's watchdog is not fed; empty: it is, or none (G4)
  std::vector<ReachPath> unheard = {};           ///< links whose second UDP port is closed on the way (L9)
};

/// `state.config` and `state.hierarchies` must be set.
Status make_status(const ClusterState& state, const OwnView& own);

std::string to_json(const Status& status);
Result<Status> parse_status(std::string_view json);

}  // namespace holdfast::api
