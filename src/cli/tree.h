// The status as a picture for people: hierarchies as trees, a column for each node, the links, and what is not well.
#pragma once

#include <string>

#include "api/status.h"
#include "cli/console.h"

namespace holdfast::cli {

/// Ends with a newline. Fits `console.columns` as long as names and addresses let it; many nodes get narrow columns,
/// then several blocks below each other.
std::string render(const api::Status& status, const Console& console);

}  // namespace holdfast::cli
