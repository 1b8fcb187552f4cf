// Intents belong to hierarchies; when dependencies change, hierarchies are joined or come apart.
#pragma once

#include <map>

#include "model/config.h"
#include "model/hierarchy.h"
#include "model/intent.h"

namespace holdfast::core {

/// The same intents for other hierarchies: each gets what was wanted of its resources; where two are joined, the newer
/// one says where. What is not configured any more is forgotten.
std::map<ResourceName, Intent> fit_intents(const std::map<ResourceName, Intent>& intents, const ClusterConfig& config,
                                           const Hierarchies& hierarchies);

}  // namespace holdfast::core
