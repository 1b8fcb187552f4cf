// Each command of `holdfast`: asks, prints, and ends with the exit code of E1.
#pragma once

#include "cli/client.h"
#include "cli/console.h"
#include "cli/exit.h"
#include "cli/options.h"

namespace holdfast::cli {

Exit show_status(const Options& options, const Console& console);
Exit list_resources(const Options& options, const Console& console);
Exit show_resource(const Options& options, const Console& console);
/// Asks for what the options say, waits for the end and tells it; with `dry_run` only shows what would be done.
Exit request(const Options& options, const Console& console);
Exit stop(const Options& options, const Console& console);
Exit end_maintenance(const Options& options, const Console& console);
Exit plan_split(const Options& options, const Console& console);
Exit test_notify(const Options& options, const Console& console);
Exit why(const Options& options, const Console& console);
Exit log(const Options& options, const Console& console);
Exit check(const Options& options, const Console& console);
/// The same without a word on standard output; done where no holdfastd is found.
Exit check_before_change(const Options& options, const Console& console);
Exit plan(const Options& options, const Console& console);
Exit apply(const Options& options, const Console& console);
Exit export_config(const Options& options, const Console& console);
Exit journal(const Options& options, const Console& console);
Exit simulate(const Options& options, const Console& console);
Exit list_agents(const Options& options, const Console& console);
Exit show_agent(const Options& options, const Console& console);
Exit version(const Options& options, const Console& console);
Exit completion(const Options& options, const Console& console);

/// Tells what went wrong with a question, on `err`; the exit code for it. Unknown names get a suggestion.
Exit complain(const Reply& reply, const Options& options, const Console& console);

/// The whole program: arguments without the program's name.
Exit run(const std::vector<std::string>& arguments, const Console& console);

}  // namespace holdfast::cli
