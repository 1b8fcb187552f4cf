// One random run: play it, judge it, and shrink it if it breaks something.
#pragma once

#include <optional>
#include <string>

#include "base/digest.h"
#include "sim/random/generator.h"

namespace holdfast::sim {

struct Trial {
  std::optional<std::string> violation;
  double node_hours = 0;
  std::uint64_t failovers = 0;
  std::uint64_t events = 0;
  Digest digest;  ///< of everything that happened (TraceDigest)
};

enum class Trace : std::uint8_t { no, yes };

/// What becomes of the daemons' journals.
struct Journals {
  bool checked = false;  ///< written, and replayed at the end
  std::string folder{};  ///< and stored there; empty: nowhere
};

Trial try_scenario(const RandomScenario& scenario, Trace trace, const Journals& journals = {});

/// Leaves out lines as long as the same thing still breaks (delta debugging); at most `tries` replays.
RandomScenario shrink(RandomScenario scenario, const std::string& violation, int tries, const Journals& journals);

}  // namespace holdfast::sim
