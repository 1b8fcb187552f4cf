// By which configuration each node decides, as its own steps show it: a live change comes to one node after the other
// (O7), and the sides of a split may have different ones (B8).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "model/state.h"

namespace holdfast::sim {

/// A configuration, and what is derived from it.
struct Structure {
  std::shared_ptr<const ClusterConfig> config;
  std::shared_ptr<const Hierarchies> hierarchies;
};

class InForce {
 public:
  explicit InForce(const ClusterConfig& at_first);

  /// True if `node` decides by another one than at its last step.
  bool on_step(NodeId node, const ClusterState& state);
  /// Of the node's last step; before the first one, what all begin with.
  const Structure& of(NodeId node) const;
  /// Calls `call(const Hierarchies&)` for every one that some node has.
  template <class Call>
  void each(Call&& call) const {
    if (nodes_.empty()) call(*at_first_.hierarchies);
    for (const auto& [node, structure] : nodes_) call(*structure.hierarchies);
  }

 private:
  Structure at_first_;
  std::map<NodeId, Structure> nodes_;
};

/// All that is joined to `resource`, itself too; nothing if it is not configured there.
const std::vector<ResourceName>& joined_to(const ResourceName& resource, const Hierarchies& hierarchies);

/// Hierarchies, known by their resources: what was noted of one stays noted of its parts when a live change takes it
/// apart, and of the whole when it joins others.
class HierarchyMarks {
 public:
  void mark(const ResourceName& resource, const Hierarchies& hierarchies);
  /// Something that is joined to `resource` is marked.
  bool contain(const ResourceName& resource, const Hierarchies& hierarchies) const;

 private:
  std::set<ResourceName> resources_;
};

}  // namespace holdfast::sim
