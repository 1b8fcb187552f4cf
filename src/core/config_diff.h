// What another configuration would change, for operators to read (V9). Pure.
#pragma once

#include <string>
#include <vector>

#include "model/config.h"

namespace holdfast::core {

enum class ChangeKind : std::uint8_t { added, changed, removed };
enum class ChangeOf : std::uint8_t { cluster, node, resource };

/// One change, one line.
struct ConfigChange {
  ChangeOf of = ChangeOf::cluster;
  ChangeKind kind = ChangeKind::changed;
  std::string name;     ///< of the node or resource; empty: the cluster
  std::string setting;  ///< if changed: which, for example "timeouts.start"
  std::string from;     ///< as a text; empty where it may be secret
  std::string to;

  bool operator==(const ConfigChange&) const = default;
};

/// Every difference: the cluster's settings first, then nodes by id, then resources by name. Empty if both are equal.
std::vector<ConfigChange> differences(const ClusterConfig& from, const ClusterConfig& to);

/// `resource web: monitor_interval 10s -> 5s`, `node gamma: added, links ["10.77.1.3"]`.
std::string to_line(const ConfigChange& change);

}  // namespace holdfast::core
