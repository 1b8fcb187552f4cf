// The present of a cluster, as one node knows it: what `holdfast simulate` begins from.
#pragma once

#include <vector>

#include "model/state.h"

namespace holdfast {

/// How long the last operations of one kind took, oldest first; bounded.
struct MeasuredTimes {
  NodeId node;
  ResourceName resource;
  OperationKind kind = OperationKind::start;
  std::vector<std::uint64_t> millis;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "resource", self.resource);
    visit(3, "kind", self.kind);
    visit(4, "millis", self.millis);
  }
  bool operator==(const MeasuredTimes&) const = default;
};

/// What a node has measured; it keeps that over restarts.
struct Measurements {
  std::vector<MeasuredTimes> all;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "all", self.all);
  }
  bool operator==(const Measurements&) const = default;
};

struct SimulationInput {
  ClusterConfig config;
  ClusterState state;  ///< its pointers are not sent; they follow from `config`
  std::vector<MeasuredTimes> measured;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "config", self.config);
    visit(2, "state", self.state);
    visit(3, "measured", self.measured);
  }
  bool operator==(const SimulationInput&) const = default;
};

}  // namespace holdfast
