// holdfast check, and holdfast agent: the daemon's program knows the agents of this machine; no daemon need run.
#include "cli/commands.h"
#include "cli/program.h"

namespace holdfast::cli {

Exit check(const Options& options, const Console& console) {
  return run_daemon_program({"--check", options.file}, console);
}

Exit check_before_change(const Options& options, const Console& console) {
  const std::string program = daemon_program();
  if (program.empty()) return Exit::done;
  return run_program({program, "--check", options.file}, {.quiet = true}, console);
}

Exit list_agents(const Options& options, const Console& console) {
  std::vector<std::string> arguments{"--list-agents"};
  if (options.names_only) arguments.emplace_back("--names");
  if (options.json) arguments.emplace_back("--json");
  return run_daemon_program(std::move(arguments), console);
}

Exit show_agent(const Options& options, const Console& console) {
  std::vector<std::string> arguments{"--show-agent=" + options.agent};
  if (options.json) arguments.emplace_back("--json");
  return run_daemon_program(std::move(arguments), console);
}

}  // namespace holdfast::cli
