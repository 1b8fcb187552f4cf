// Random scenarios from a seed: a cluster, operators' requests and faults, and at the end an end of all faults.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace holdfast::sim {

inline constexpr std::array<std::string_view, 8> node_names = {"alpha",   "beta", "gamma", "delta",
                                                               "epsilon", "zeta", "eta",   "theta"};

struct RandomScenario {
  std::vector<std::string> setup;   ///< cluster, settings, resources
  std::vector<std::string> middle;  ///< what shrinking may leave out
  std::vector<std::string> end;     ///< all faults end, and time to come to rest
  bool quiet = false;               ///< nothing fails in it, so that no node may be taken for failed

  std::string text() const;
};

/// poor_network: 5 % loss and 200 ms jitter between all nodes all the time, and nothing fails: no node may be taken for
/// failed.
enum class Faults : std::uint8_t { all, poor_network };

/// `nodes`: so many; none: 2 to 8. `length`: simulated time with faults, about.
RandomScenario random_scenario(std::uint64_t seed, std::optional<std::uint32_t> nodes, Micros length,
                               Faults faults = Faults::all);

}  // namespace holdfast::sim
