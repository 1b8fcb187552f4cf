// Which resources belong together, and in which order they start (R2).
#pragma once

#include <vector>

#include "model/config.h"
#include "model/hierarchy.h"

namespace holdfast::core {

/// The hierarchies of a checked configuration. Unknown names and cycles, which a checked one has not, are passed over.
Hierarchies hierarchies_of(const ClusterConfig& config);

/// `resource` and all that it depends on, itself last: what must run so that it runs.
std::vector<ResourceName> with_dependencies(const ClusterConfig& config, const ResourceName& resource);

/// `resource` and all that depends on it, itself first: what must stop so that it stops.
std::vector<ResourceName> with_dependents(const ClusterConfig& config, const Hierarchies& hierarchies,
                                          const ResourceName& resource);

/// All of `some` and what they depend on; everything stands after what it depends on.
std::vector<ResourceName> with_all_below(const ClusterConfig& config, const std::vector<ResourceName>& some);

}  // namespace holdfast::core
