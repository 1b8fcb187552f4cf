// Which agents this node has, and how each is called: our own kinds (K1, K2, K3, K4, K6, K7, K9, K10) by
// holdfast-agent, and ocf:<provider>:<type> (K5) from the OCF folders. Both speak the OCF API 1.1.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/agents/ocf_meta_data.h"
#include "adapters/agents/readiness.h"
#include "adapters/process/command.h"
#include "base/result.h"
#include "model/config.h"

namespace holdfast {

/// What our own agents are told of the cluster: whose key stands on a disk, and who was heard of (K3).
struct ClusterAround {
  std::uint32_t identity = 0;  ///< another one in every cluster
  NodeId self;                 ///< NodeId{}: not told
  std::map<NodeId, std::string> names;
  std::set<NodeId> met;  ///< this daemon was in one view with them
};

struct CatalogueSettings {
  std::string agent_directory;  ///< where holdfast-agent is
  std::string node;             ///< our name, for OCF_RESKEY_CRM_meta_on_node
  std::string ocf_root = "/usr/lib/ocf";
  std::string run_directory = "/run/holdfast";
  std::string ocf_temporary = "/run/resource-agents";  ///< HA_RSCTMP
  std::string init_folder = "/etc/init.d";             ///< of lsb:<name>
  ClusterAround cluster = {};
};

class Catalogue {
 public:
  explicit Catalogue(CatalogueSettings settings) : settings_(std::move(settings)) {}

  /// What changes while the daemon runs: the nodes by name, and `members`, whom it meets now.
  void know(const ClusterConfig& config, const std::vector<NodeId>& members);

  /// The program for one operation; use it as a CommandSource. Local recovery is the agent's own recover, of OCF agents
  /// stop and start in place (F5). Error: no such agent on this node.
  Result<AgentCommand> command(const ResourceConfig& resource, OperationKind kind) const;

  /// What is wrong with the resource's agent and parameters on this node, one clear line each (E1); empty: nothing.
  /// Runs `meta-data` of the agent, once per agent, and `validate-all` of our own kinds; blocks for that time.
  std::vector<std::string> check_resource(const ResourceConfig& resource);

  /// What can be used but is likely not meant: parameters that go out of use, time limits below the agent's advice,
  /// what should be unique and is not, an agent that could be promoted or names commands of Pacemaker's. Blocks as
  /// check_resource.
  std::vector<std::string> likely_mistakes(const ResourceConfig& resource, const ClusterConfig& config);

  /// How to ask whether the resource could start here, without starting it (K10); use it as a ReadySource. Never
  /// blocks; knows more of agents whose meta-data check_resource has asked.
  Result<std::optional<ReadyQuestion>> ready_question(const ResourceConfig& resource, Ground ground) const;
  /// The same asked and answered; blocks for that time.
  Readiness readiness(const ResourceConfig& resource, Ground ground);

  /// Every agent of this node by name, sorted: our own kinds, lsb:<name>, ocf:<provider>:<type>.
  std::vector<std::string> names() const;
  /// What an agent says of itself; asked once, then remembered. Blocks. Error: unknown, or its meta-data is broken.
  Result<OcfMetaData> meta_data(const std::string& agent);
  /// One line on what an agent does; blocks as meta_data, but for lsb:<name>, whose script's header tells.
  Result<std::string> brief(const std::string& agent);

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
  std::string unknown_agent(const std::string& agent) const;
  Command command_for(const Location& location, const ResourceConfig& resource, const std::string& action,
                      Millis timeout, Millis interval) const;
  void make_temporary() const;
  AgentCommand restart_in_place(const Location& location, const ResourceConfig& resource) const;
  Result<OcfMetaData> ask_meta_data(const std::string& agent) const;
  std::vector<std::string> check_values(const ResourceConfig& resource) const;

  CatalogueSettings settings_;
  std::map<std::string, Result<OcfMetaData>> known_;  ///< by agent
};

}  // namespace holdfast
