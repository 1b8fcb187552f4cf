// The part of the status that says in sentences what is not well.
#pragma once

#include <string>

#include "api/status.h"
#include "cli/console.h"

namespace holdfast::cli {

/// A line or more for every node and resource that is not as it shall be; empty if all is well.
std::string render_notes(const api::Status& status, const Console& console);

}  // namespace holdfast::cli
