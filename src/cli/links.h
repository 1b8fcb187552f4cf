// The part of the status about links.
#pragma once

#include <string>

#include "api/status.h"
#include "cli/console.h"

namespace holdfast::cli {

/// This node's links in full while they are few, else per peer; of the other nodes' links those that are down. Empty
/// for a cluster of one node.
std::string render_links(const api::Status& status, const Console& console);

}  // namespace holdfast::cli
