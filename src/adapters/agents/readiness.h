// Could a resource start here? Asked without starting it (K10), so that a node that could not is found before it is
// needed. Pure; the catalogue says what to run, this says what the answer means.
#pragma once

#include <string>

#include "adapters/process/command.h"
#include "model/config.h"

namespace holdfast {

enum class Verdict : std::uint8_t { ready, not_ready, unknown };

/// Where what a resource stands on (a file system, a disk) is in service: without it an agent cannot see its files.
enum class Ground : std::uint8_t { here, elsewhere };

struct Readiness {
  Verdict verdict = Verdict::unknown;
  std::string text;  ///< one line: why not, or why that cannot be told; of `ready` what an operator wants to know all
                     ///< the same; may be empty
};

/// Of the answer to `ready` of our own agents, to `validate-all` of OCF agents.
Readiness readiness_of(const ResourceConfig& resource, const RunResult& run, Ground ground);

/// Whether something below it, however deep, may bring files: all but addresses. Then its ground is elsewhere unless
/// that is in service here.
bool stands_on_storage(const ResourceConfig& resource, const ClusterConfig& config);

}  // namespace holdfast
