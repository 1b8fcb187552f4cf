// Asks the other nodes which configuration is in force, before this node's engine starts with an old one (O7, B8).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/sidechannel/config_frames.h"
#include "base/time.h"
#include "model/config.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

/// What the other nodes of a configuration answered, one answer of each at most.
using ConfigAnswers = std::vector<sidechannel::OpenedAnswer>;

/// Asks all of them side by side, on all links. Calls `done` once, on the loop's thread: when all have answered or
/// refused, 200 ms after the first answer, or after `limit`; with none if nobody answers. The error: no random numbers.
Result<void> ask_for_configuration(boost::asio::io_context& loop, const ClusterConfig& config, NodeId self,
                                   const std::string& cluster_key, Millis limit,
                                   std::function<void(ConfigAnswers)> done);

/// The same, and blocks so long.
Result<ConfigAnswers> ask_for_configuration(const ClusterConfig& config, NodeId self, const std::string& cluster_key,
                                            Millis limit);

}  // namespace holdfast
