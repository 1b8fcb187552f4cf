// Names of systemd's units. Source: systemd.unit(5).
#pragma once

#include <string>

#include "base/result.h"

namespace holdfast::agent {

/// Error: what is wrong with `unit` as one that a cluster may run, in one line.
Result<void> check_unit_name(const std::string& unit);

}  // namespace holdfast::agent
