// Asks the other nodes which configuration is in force, before this node's engine starts with an old one (O7, B8).
#pragma once

#include <string>
#include <vector>

#include "adapters/sidechannel/config_frames.h"
#include "base/time.h"
#include "model/config.h"

namespace holdfast {

/// What the other nodes of `config` answer, one answer of each at most: all are asked side by side, on all links.
/// Returns when all have answered or refused, 200 ms after the first answer, or after `limit`. Blocks so long. Empty if
/// nobody answers; the error: no random numbers.
Result<std::vector<sidechannel::OpenedAnswer>> ask_for_configuration(const ClusterConfig& config, NodeId self,
                                                                     const std::string& cluster_key, Millis limit);

}  // namespace holdfast
