// Whether the journals of several nodes of one cluster say the same at equal positions (law 1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/journal/replay.h"

namespace holdfast::sim {

struct Agreement {
  std::uint64_t positions = 0;            ///< at which two of them were compared and are equal
  std::vector<std::string> notes;         ///< epochs at whose end they went apart, as the sides of a cut may
  std::optional<std::string> difference;  ///< the first; one line
};

Agreement agreement_of(const std::vector<Replayed>& nodes);

}  // namespace holdfast::sim
