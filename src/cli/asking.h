// The parts of a request to the daemon that several commands share.
#pragma once

#include <string>

#include "api/preview.h"
#include "cli/commands.h"

namespace holdfast::cli {

/// Path of the API for what the options ask; puts into `body` what stands not in the path.
std::string target_of(const Options& options, api::RequestBody& body);

/// "move web", for lines that say what goes on.
std::string what_is_asked(const Options& options);

/// Sends it and waits for the answer, with a line of progress on a terminal.
Reply ask(const Options& options, const Console& console);

/// Tells the answer; the exit code for it.
Exit conclude(const Reply& reply, const Options& options, const Console& console);

/// The steps of a dry run, one per line; refused ones end with Exit::refused.
Exit show_preview(const std::string& body, const Options& options, const Console& console);
std::string render_preview(const api::Preview& preview, const Console& console);

}  // namespace holdfast::cli
