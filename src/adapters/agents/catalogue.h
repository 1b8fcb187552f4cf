// Which agents this node has, and how each is called: our own kinds (K1, K2, K4, K6, K7, K9, K10) by holdfast-agent,
// and ocf:<provider>:<type> (K5) from the OCF folders. Both speak the OCF API 1.1.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/agents/ocf_meta_data.h"
#include "adapters/process/command.h"
#include "base/result.h"
#include "model/config.h"

namespace holdfast {

struct CatalogueSettings {
  std::string agent_directory;  ///< where holdfast-agent is
  std::string node;             ///< our name, for OCF_RESKEY_CRM_meta_on_node
  std::string ocf_root = "/usr/lib/ocf";
  std::string run_directory = "/run/holdfast";
  std::string ocf_temporary = "/run/resource-agents";  ///< HA_RSCTMP
};

class Catalogue {
 public:
  explicit Catalogue(CatalogueSettings settings) : settings_(std::move(settings)) {}

  /// The program for one operation; use it as a CommandSource. Local recovery is the agent's own recover, of OCF agents
  /// stop and start in place (F5). Error: no such agent on this node.
  Result<AgentCommand> command(const ResourceConfig& resource, OperationKind kind) const;

  /// What is wrong with the resource's agent and parameters on this node, one clear line each (E1); empty: nothing.
  /// Runs `meta-data` of the agent, once per agent, and `validate-all` of our own kinds; blocks for that time.
  std::vector<std::string> check_resource(const ResourceConfig& resource);

  /// Why it could not start on this node as things are now, without starting it (K10); of our own kinds that can tell.
  /// Also what does not hinder it, but an operator wants to know. Blocks for that time.
  std::vector<std::string> check_readiness(const ResourceConfig& resource) const;

 private:
  struct Location {
    std::string program;
    std::vector<std::string> arguments;  ///< before the action
    std::string provider;
    std::string type;
  };

  bool is_own(const std::string& agent) const;
  Result<Location> locate(const std::string& agent) const;
  Result<Location> locate_own(const std::string& agent) const;
  Command command_for(const Location& location, const ResourceConfig& resource, const std::string& action,
                      Millis timeout, Millis interval) const;
  AgentCommand restart_in_place(const Location& location, const ResourceConfig& resource) const;
  Result<OcfMetaData> meta_data(const std::string& agent);
  Result<OcfMetaData> ask_meta_data(const std::string& agent) const;
  std::vector<std::string> check_parameters(const ResourceConfig& resource, const OcfMetaData& meta_data) const;
  std::vector<std::string> check_values(const ResourceConfig& resource) const;

  CatalogueSettings settings_;
  std::map<std::string, Result<OcfMetaData>> known_;  ///< by agent
};

}  // namespace holdfast
