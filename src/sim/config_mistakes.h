// What the reader of configuration files would find wrong with a configuration that never stood in a file.
#pragma once

#include <string>
#include <vector>

#include "model/config.h"

namespace holdfast::sim {

/// One line each, by the same checks as a file's (R3, G1 to G5); empty if there is none. Warnings are left out, and so
/// is what simulated agents do not need: their parameters.
std::vector<std::string> mistakes_in(const ClusterConfig& config);

}  // namespace holdfast::sim
