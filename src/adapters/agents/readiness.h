// Could a resource start here? Asked without starting it (K10), so that a node that could not is found before it is
// needed. Pure; the catalogue says what to run, this says what the answer means.
#pragma once

#include <functional>

#include "adapters/process/command.h"
#include "model/config.h"
#include "ports/agent_runner.h"

namespace holdfast {

/// Where what a resource stands on (a file system, a disk) is in service: without it an agent cannot see its files.
enum class Ground : std::uint8_t { here, elsewhere };

/// Of the answer to `ready` of our own agents, to `validate-all` of OCF agents.
Readiness readiness_of(const ResourceConfig& resource, const RunResult& run, Ground ground);

/// What is below it, however deep, may bring files; all but addresses. Its ground is here if all of that is in service
/// here.
Ground ground_of(const ResourceConfig& resource, const ClusterConfig& config,
                 const std::function<bool(const ResourceName&)>& in_service_here);

}  // namespace holdfast
