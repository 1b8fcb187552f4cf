// What corosync is told of quorum.
#pragma once

#include <string>

#include "model/config.h"

namespace holdfast::corosync {

/// Empty unless a quorum device is configured: else the core decides, and corosync's votequorum stays out of it.
std::string quorum_section(const ClusterConfig& config);

}  // namespace holdfast::corosync
