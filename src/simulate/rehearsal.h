// One sequence of faults, played to its end: what happens, who runs what then, and how long each resource is away.
#pragma once

#include "simulate/driver.h"

namespace holdfast::simulate {

struct ResourceAnswer {
  ResourceName name;
  std::vector<NodeId> before;
  std::vector<NodeId> after;
  std::optional<Micros> outage;        ///< the longest one; none: it was not in service at the beginning
  std::optional<Micros> worst_outage;  ///< by the longest measured durations
  bool never_comes_back = false;       ///< without an operator, by these faults alone
  bool twice = false;
  bool unprotected = false;  ///< it runs, and no other live node could take it over (ISU)
};

struct Warning {
  std::string rule;
  std::string text;
};

struct Rehearsal {
  std::vector<StoryLine> story;  ///< of the expected case
  std::vector<ResourceAnswer> resources;
  std::vector<Warning> warnings;
  bool came_to_rest = true;
};

/// `second_after`: faults after the first come so long after the one before; none: when all is at rest again.
Rehearsal rehearse(const Present& present, const std::vector<Fault>& faults, std::optional<Micros> second_after);

}  // namespace holdfast::simulate
