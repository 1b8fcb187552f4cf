// Random scenarios from a seed: a cluster, operators' requests and faults, and at the end an end of all faults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace holdfast::sim {

struct RandomScenario {
  std::vector<std::string> setup;   ///< cluster, settings, resources
  std::vector<std::string> middle;  ///< what shrinking may leave out
  std::vector<std::string> end;     ///< all faults end, and time to come to rest

  std::string text() const;
};

/// `nodes`: so many; none: 2 to 5. `length`: simulated time with faults, about.
RandomScenario random_scenario(std::uint64_t seed, std::optional<std::uint32_t> nodes, Micros length);

}  // namespace holdfast::sim
