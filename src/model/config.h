// What an operator configures. The same on all nodes; agreement is checked by digest when a view is synced.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "model/described.h"

namespace holdfast {

/// What happens when part of a hierarchy does not start: S1 (linux) or S2 (windows).
enum class Profile : std::uint8_t { linux_like, windows_like };
enum class EngineKind : std::uint8_t { corosync, local };
enum class Switchback : std::uint8_t { manual, automatic };

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

struct NodeConfig {
  NodeId id;
  std::string name;
  std::vector<std::string> links;  ///< one address per link, IPv4 or IPv6, in the order of LinkIndex

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "id", self.id);
    visit(2, "name", self.name);
    visit(3, "links", self.links);
  }
  bool operator==(const NodeConfig&) const = default;
};

/// Time limits of an agent's operations (R4).
struct Timeouts {
  Millis start{60000};
  Millis stop{60000};
  Millis monitor{20000};

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "start", self.start);
    visit(2, "stop", self.stop);
    visit(3, "monitor", self.monitor);
  }
  bool operator==(const Timeouts&) const = default;
};

/// A protected thing (R1).
struct ResourceConfig {
  ResourceName name;
  std::string agent;                              ///< ip, process, script, ocf:<provider>:<type>
  std::map<std::string, std::string> parameters;  ///< arrays of the file stand here as JSON text
  std::vector<ResourceName> depends_on;
  std::vector<NodeId> nodes;  ///< priority order, the first is the highest
  Millis monitor_interval{10000};
  std::uint32_t monitor_timeouts = 2;  ///< so many monitor timeouts in a row are a failure (R4)
  Timeouts timeouts;
  bool local_recovery = true;
  Switchback switchback = Switchback::manual;

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
    visit(9, "local_recovery", self.local_recovery);
    visit(10, "switchback", self.switchback);
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
  std::vector<NodeConfig> nodes;  ///< index i holds NodeId i + 1
  std::map<ResourceName, ResourceConfig> resources;

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
  }
  bool operator==(const ClusterConfig&) const = default;

  /// The node with this id, or nullptr.
  const NodeConfig* node(NodeId id) const {
    return id.value >= 1 && id.value <= nodes.size() ? &nodes[id.value - 1] : nullptr;
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
