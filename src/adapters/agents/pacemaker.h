// Agents of Debian's resource-agents that were written for Pacemaker: what of them runs here, and what is refused (K5).
// Pure. tests/unit/agents compares the table with the installed agents.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace holdfast {

/// Why the agent, with these parameters, cannot do its work here: it calls a command of Pacemaker's, or wants to be
/// promoted. One line that names the command and what to use instead; empty: it can. `agent` as ocf:<provider>:<type>.
std::string needs_pacemaker(const std::string& agent, const std::map<std::string, std::string>& parameters);

/// The command of Pacemaker's without which the agent does nothing useful, whatever its parameters; empty: none.
std::string pacemaker_command_of(const std::string& agent);

/// Parameters that an agent gets unless they are given, so that it leaves Pacemaker's commands alone.
std::map<std::string, std::string> parameters_without_pacemaker(const std::string& agent);

/// Whether the table knows that this type of provider heartbeat names Pacemaker's commands in its text.
bool is_known_to_name_pacemaker(const std::string& type);

/// Pacemaker's commands that stand in the text of an agent, in this order; none for most.
std::vector<std::string> pacemaker_commands_in(const std::string& text);

}  // namespace holdfast
