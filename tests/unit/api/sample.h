// A cluster for tests: alpha, beta and gamma with two links; web (a process) on web-ip on alpha and beta, and disk
// alone on all three.
#pragma once

#include <string>

#include "api/status.h"
#include "model/state.h"

namespace holdfast::test {

inline const NodeId alpha{1};
inline const NodeId beta{2};
inline const NodeId gamma{3};

std::shared_ptr<const ClusterConfig> sample_config();

/// A state that tests bend as they need it.
class Sample {
 public:
  /// All nodes are members, everything is out of service and wanted nowhere.
  Sample();

  Sample& put(const std::string& resource, NodeId node, ResourceState state, const std::string& cause = "");
  Sample& want(const std::string& resource, std::optional<NodeId> node);
  Sample& stands(NodeId node, Standing standing);
  Sample& link(NodeId node, NodeId peer, std::uint32_t index, bool up);
  /// web and web-ip wanted and in service there.
  Sample& serve_web(NodeId node);

  api::Status status() const { return api::make_status(state, own); }

  ClusterState state;
  api::OwnView own;  ///< of alpha, synced
};

}  // namespace holdfast::test
