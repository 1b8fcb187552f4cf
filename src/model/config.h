// What an operator configures. The same on all nodes; agreement is checked by digest when a view is synced.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "model/described.h"
#include "model/notify.h"

namespace holdfast {

/// What happens when part of a hierarchy does not start: S1 (linux) or S2 (windows).
enum class Profile : std::uint8_t { linux_like, windows_like };
enum class EngineKind : std::uint8_t { corosync, local };
enum class Switchback : std::uint8_t { manual, automatic };
enum class QuorumKind : std::uint8_t { none, majority, tcp, storage, qdevice };  // G1
enum class QdeviceTls : std::uint8_t { off, on, required };
enum class QuorumLoss : std::uint8_t { stop, reboot, halt };                   // G2
enum class ShutdownStrategy : std::uint8_t { do_not_switchover, switchover };  // O4
enum class ConfirmDefault : std::uint8_t { proceed, block };                   // N6
enum class OnStartFailure : std::uint8_t { stay, next_node };                  // S5
enum class OnStopFailure : std::uint8_t { by_guards, reboot, block };          // F4; by_guards: reboot where one is

/// Heartbeat settings (L6). A dead node is known after about `known_within`.
struct Detection {
  std::string name = "normal";  ///< fast, normal, relaxed, or "custom"
  Millis token{250};            ///< the engine's token timeout; view change at about 2.2 times this
  Millis link_interval{200};    ///< between two heartbeats on one link
  Millis link_timeout{800};     ///< silence after which a link is down (L2)

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "name", self.name);
    visit(2, "token", self.token);
    visit(3, "link_interval", self.link_interval);
    visit(4, "link_timeout", self.link_timeout);
  }
  bool operator==(const Detection&) const = default;
};

/// Who may act (G1), and what a node does that may not any more (G2).
struct Quorum {
  QuorumKind kind = QuorumKind::none;
  QuorumLoss loss = QuorumLoss::stop;
  std::vector<std::string> hosts;         ///< tcp: host:port each; more than half must answer
  std::string path;                       ///< storage: the shared file or block device with the nodes' marks
  Millis interval{6000};                  ///< storage: between two renewals; a mark older than 4 of them is dead
  std::string host;                       ///< qdevice: where corosync-qnetd runs
  std::uint32_t port = 5403;              ///< qdevice: TCP
  QdeviceTls tls = QdeviceTls::required;  ///< qdevice; anything but off needs certificates on every node

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "kind", self.kind);
    visit(2, "loss", self.loss);
    visit(3, "hosts", self.hosts);
    visit(4, "path", self.path);
    visit(5, "interval", self.interval);
    visit(6, "host", self.host);
    visit(7, "port", self.port);
    visit(8, "tls", self.tls);
  }
  bool operator==(const Quorum&) const = default;
};

/// The node resets itself when it is not fed for `timeout` (G4).
struct Watchdog {
  std::string device;  ///< empty: none
  Millis timeout{10000};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "device", self.device);
    visit(2, "timeout", self.timeout);
  }
  bool operator==(const Watchdog&) const = default;
};

/// One way to power a node off: a program of fence-agents (G3). A node's levels are tried in their order.
struct FenceLevel {
  std::string agent;                              ///< fence_<something>
  std::map<std::string, std::string> parameters;  ///< handed over on standard input only
  Millis timeout{60000};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "agent", self.agent);
    visit(2, "parameters", self.parameters);
    visit(3, "timeout", self.timeout);
  }
  bool operator==(const FenceLevel&) const = default;
};

/// What a failure in service may lead to (F6), for a resource or for all on a node: both must allow it.
struct Policy {
  bool local_recovery = true;
  bool failover = true;
  bool notify_only = false;  ///< only told; neither recovered nor moved

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "local_recovery", self.local_recovery);
    visit(2, "failover", self.failover);
    visit(3, "notify_only", self.notify_only);
  }
  bool operator==(const Policy&) const = default;
};

struct NodeConfig {
  NodeId id;
  std::string name;
  std::vector<std::string> links;      ///< one address per link, IPv4 or IPv6, in the order of LinkIndex
  std::vector<FenceLevel> fence = {};  ///< none: it is not fenced
  ShutdownStrategy shutdown_strategy = ShutdownStrategy::do_not_switchover;
  bool confirm_failover = false;         ///< N6: when this node is lost, an operator is asked first
  bool block_resource_failover = false;  ///< F6: resources that fail here are not moved away
  Policy policy = {};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "id", self.id);
    visit(2, "name", self.name);
    visit(3, "links", self.links);
    visit(4, "fence", self.fence);
    visit(5, "shutdown_strategy", self.shutdown_strategy);
    visit(6, "confirm_failover", self.confirm_failover);
    visit(7, "block_resource_failover", self.block_resource_failover);
    visit(8, "policy", self.policy);
  }
  bool operator==(const NodeConfig&) const = default;
};

/// Time limits of an agent's operations (R4).
struct Timeouts {
  Millis start{60000};
  Millis stop{60000};
  Millis monitor{20000};
  Millis recover{60000};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "start", self.start);
    visit(2, "stop", self.stop);
    visit(3, "monitor", self.monitor);
    visit(4, "recover", self.recover);
  }
  bool operator==(const Timeouts&) const = default;
};

/// So many local recoveries within a window, then the resource fails over (F6).
struct RecoveryLimit {
  std::uint32_t count = 5;  ///< 0: no limit. A service that crashes all the time ends there
  Millis window{600'000};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "count", self.count);
    visit(2, "window", self.window);
  }
  bool operator==(const RecoveryLimit&) const = default;
};

/// A protected thing (R1).
struct ResourceConfig {
  ResourceName name;
  std::string agent;  ///< a kind of our own, as ip, or <kind>:<name>, as ocf:<provider>:<type>
  std::map<std::string, std::string> parameters;  ///< arrays of the file stand here as JSON text
  std::vector<ResourceName> depends_on;
  std::vector<NodeId> nodes;  ///< priority order, the first is the highest
  Millis monitor_interval{10000};
  std::uint32_t monitor_timeouts = 2;  ///< so many monitor timeouts in a row are a failure (R4)
  Timeouts timeouts;
  Policy policy;
  Switchback switchback = Switchback::manual;
  RecoveryLimit recovery_limit;
  OnStartFailure on_start_failure = OnStartFailure::stay;
  OnStopFailure on_stop_failure = OnStopFailure::by_guards;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "name", self.name);
    visit(2, "agent", self.agent);
    visit(3, "parameters", self.parameters);
    visit(4, "depends_on", self.depends_on);
    visit(5, "nodes", self.nodes);
    visit(6, "monitor_interval", self.monitor_interval);
    visit(7, "monitor_timeouts", self.monitor_timeouts);
    visit(8, "timeouts", self.timeouts);
    visit(9, "policy", self.policy);
    visit(10, "switchback", self.switchback);
    visit(11, "recovery_limit", self.recovery_limit);
    visit(12, "on_start_failure", self.on_start_failure);
    visit(13, "on_stop_failure", self.on_stop_failure);
  }
  bool operator==(const ResourceConfig&) const = default;
};

struct ClusterConfig {
  std::string name;
  Profile profile = Profile::linux_like;
  EngineKind engine = EngineKind::corosync;
  Detection detection;
  Millis startup_wait{30000};  ///< O1
  Millis daemon_grace{10000};  ///< N7
  std::uint32_t port = 5405;   ///< UDP; link k uses port + k
  std::string key_file = "/etc/holdfast/authkey";
  Quorum quorum;
  Watchdog watchdog;                ///< of every node
  std::uint32_t fence_limit = 0;    ///< G5; 0: 1 of up to 3 nodes, 2 of more
  Millis fence_window{600'000};     ///< G5
  Millis fence_delay{2000};         ///< G3: of two nodes, the one that serves less waits so long
  Millis confirm_timeout{600'000};  ///< N6
  ConfirmDefault confirm_default = ConfirmDefault::proceed;
  std::uint32_t failover_limit = 3;  ///< F7
  Millis failover_window{600'000};   ///< F7
  Millis switchback_delay{60'000};   ///< O3
  std::vector<NodeConfig> nodes;     ///< ascending ids; an id stays with its node for ever
  std::map<ResourceName, ResourceConfig> resources;
  std::vector<NotifyTarget> notify = {};  ///< V5, in the order of the file

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "name", self.name);
    visit(2, "profile", self.profile);
    visit(3, "engine", self.engine);
    visit(4, "detection", self.detection);
    visit(5, "startup_wait", self.startup_wait);
    visit(6, "daemon_grace", self.daemon_grace);
    visit(7, "port", self.port);
    visit(8, "key_file", self.key_file);
    visit(9, "nodes", self.nodes);
    visit(10, "resources", self.resources);
    visit(11, "quorum", self.quorum);
    visit(12, "watchdog", self.watchdog);
    visit(13, "fence_limit", self.fence_limit);
    visit(14, "fence_window", self.fence_window);
    visit(15, "fence_delay", self.fence_delay);
    visit(16, "confirm_timeout", self.confirm_timeout);
    visit(17, "confirm_default", self.confirm_default);
    visit(18, "failover_limit", self.failover_limit);
    visit(19, "failover_window", self.failover_window);
    visit(20, "switchback_delay", self.switchback_delay);
    visit(21, "notify", self.notify);
  }
  bool operator==(const ClusterConfig&) const = default;

  /// The node with this id, or nullptr.
  const NodeConfig* node(NodeId id) const {
    if (id.value >= 1 && id.value <= nodes.size() && nodes[id.value - 1].id == id) return &nodes[id.value - 1];
    for (const NodeConfig& n : nodes)
      if (n.id == id) return &n;
    return nullptr;
  }
  /// The node with this name, or nullptr.
  const NodeConfig* node(const std::string& wanted) const {
    for (const NodeConfig& n : nodes)
      if (n.name == wanted) return &n;
    return nullptr;
  }
  /// The node's name, or "node <id>" for one that is not configured.
  std::string name_of(NodeId id) const {
    const NodeConfig* n = node(id);
    return n != nullptr ? n->name : "node " + std::to_string(id.value);
  }
};

}  // namespace holdfast
