// From what a simulation begins: a cluster's configuration, its state now, and how long its operations take.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/simulation.h"

namespace holdfast::simulate {

enum class Case : std::uint8_t { expected, worst };

/// How long an operation takes: by the measurements of this cluster, or, without any, as the agent usually needs.
struct Span {
  Micros median{0};
  Micros worst{0};
  std::size_t samples = 0;  ///< 0: not measured

  Micros in(Case which) const { return which == Case::worst ? worst : median; }
};

class Durations {
 public:
  Durations() = default;
  Durations(const ClusterConfig& config, const std::vector<MeasuredTimes>& measured);

  Span of(const ResourceName& resource, OperationKind kind) const;
  /// Resources of which nothing that they would do was ever measured.
  std::size_t without_measurement() const;

 private:
  struct Spans {
    Span start;
    Span stop;
    Span recover;
  };
  std::map<ResourceName, Spans> of_;
};

/// From failure to a synced view without the node: `detection` and the sync (L3, L4).
Micros detection_time(const ClusterConfig& config, Case which);
/// From a resource's failure to its failure event (K1, K7; R4 for agents that only their monitor sees).
Micros notice_time(const ResourceConfig& resource, Case which);

struct Present {
  std::shared_ptr<const ClusterConfig> config;
  ClusterState state;
  Durations durations;
};

/// Checks what came from outside: an error says why nothing can be simulated with it.
Result<Present> present_of(SimulationInput input);

/// A cluster that does not run yet: all nodes are members, everything is in service on its highest-priority node.
SimulationInput everything_at_home(const ClusterConfig& config);

/// The part of it that one hierarchy concerns (F2); nodes, fencing and quorum stay whole.
Present reduced_to(const Present& present, const Hierarchy& hierarchy);

}  // namespace holdfast::simulate
