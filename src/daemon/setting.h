// What a daemon finds before it can begin: its configuration, its place in it, its agents. Everything that is wrong is
// found here, before anything is touched (E1).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/agents/catalogue.h"
#include "adapters/fence/fence_agents.h"
#include "daemon/options.h"
#include "model/config.h"

namespace holdfast::daemon {

struct Setting {
  std::shared_ptr<const ClusterConfig> config;
  NodeId self;
  std::vector<std::string> problems;  ///< one line each; empty: all is well
  std::vector<std::string> warnings;
  FenceAgents fence_agents;  ///< they know the metadata of every agent that is configured
  Catalogue catalogue{{}};   ///< likewise of the resources' agents that may run here
};

/// Whether the machine must be one of the nodes, or may be an operator's own.
enum class Place : std::uint8_t { a_node, anywhere };

/// Reads the file and checks it against this machine: which node it is, which agents are here. Runs agents' meta-data.
Setting find_setting(const Options& options, const std::string& file, Place place);

/// Where our own agents and other programs of ours are.
std::string agent_directory(const Options& options);

/// Of holdfast-watchdog; there while it runs.
std::string watchdog_socket(const Options& options);

/// Where fence agents are looked for: this process's PATH, then where packages put them.
std::string fence_search_path();

CatalogueSettings catalogue_settings(const Options& options, const std::string& node);
/// Of a cluster: its name, and the key of its links where this machine can read it; so two clusters of one name differ.
std::uint32_t identity_of(const ClusterConfig& config);

}  // namespace holdfast::daemon
