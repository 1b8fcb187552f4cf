// What goes wrong in a simulation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "model/config.h"

namespace holdfast::simulate {

enum class FaultKind : std::uint8_t { node_dies, node_isolated, link_fails, split, resource_fails };

struct Fault {
  FaultKind kind = FaultKind::node_dies;
  std::vector<NodeId> nodes = {};  ///< the node; split: one side; link_fails: none or the two ends
  std::optional<LinkIndex> link = {};
  ResourceName resource = {};  ///< fails for good where it is in service
  bool recovers = false;       ///< its local recovery succeeds
  bool cannot_stop = false;
  std::optional<NodeId> cannot_start_on = {};

  auto operator<=>(const Fault&) const = default;
};

/// `node-dies X`, `isolate X`, `link-fails N[:A-B]`, `split A,B/C`, `resource-fails R[:cannot-stop|:recovers|
/// :cannot-start-on=N]`; what is wrong and what is allowed otherwise.
Result<Fault> parse_fault(const std::string& word, const std::string& argument, const ClusterConfig& config);

/// "node alpha dies"
std::string words_of(const Fault& fault, const ClusterConfig& config);

}  // namespace holdfast::simulate
