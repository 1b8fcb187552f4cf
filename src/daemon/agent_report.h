// holdfastd --list-agents, --show-agent NAME: what `holdfast agent` prints. Asks the agents, changes nothing.
#pragma once

#include <string>

#include "daemon/options.h"

namespace holdfast::daemon {

/// To standard output; the exit code of E1.
int list_agents(const Options& options, const ListAgents& task);
int show_agent(const Options& options, const ShowAgent& task);

}  // namespace holdfast::daemon
