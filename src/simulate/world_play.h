// The whole simulated cluster, begun from a given present: for scenarios, and as the twin of the light driver.
#pragma once

#include "sim/scenario/scenario.h"
#include "simulate/rehearsal.h"

namespace holdfast::simulate {

/// A world that begins as `present` is: machines, services, and what each daemon keeps on its disk.
sim::WorldSettings world_of(const Present& present, Case which = Case::expected);

/// How a world that has come to rest differs from `present`, one line each: who is a member, what runs where.
std::vector<std::string> differences(const sim::World& world, const Present& present);

/// Plays the commands of a scenario; an error says which line failed, or why nothing could begin.
Result<Rehearsal> play_scenario(const Present& present, const std::string& commands);

}  // namespace holdfast::simulate
