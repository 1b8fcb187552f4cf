#include "adapters/agents/ocf_environment.h"

#include <string_view>

#include "adapters/agents/check_parameters.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr std::string_view search_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

}  // namespace

std::vector<std::string> ocf_environment(const OcfCall& call, const CatalogueSettings& settings) {
  return {
      format("PATH={}", search_path),
      "LC_ALL=C",
      "OCF_ROOT=" + settings.ocf_root,
      "OCF_RA_VERSION_MAJOR=1",
      "OCF_RA_VERSION_MINOR=1",
      "OCF_RESOURCE_INSTANCE=" + call.resource,
      "OCF_RESOURCE_PROVIDER=" + call.provider,
      "OCF_RESOURCE_TYPE=" + call.type,
      "OCF_RESKEY_CRM_meta_name=" + call.action,
      "OCF_RESKEY_CRM_meta_on_node=" + settings.node,
      format("OCF_RESKEY_CRM_meta_timeout={}", call.timeout.count()),
      format("OCF_RESKEY_CRM_meta_interval={}", call.interval.count()),
      "HA_RSCTMP=" + settings.ocf_temporary,
      "HA_LOGFACILITY=none",  // to stderr, so that the runner gets it
      "HOLDFAST_RUN_DIR=" + settings.run_directory,
  };
}

void add_cluster(const ClusterAround& cluster, std::vector<std::string>& environment) {
  if (cluster.self == NodeId{}) return;
  std::vector<std::string> names;
  for (const auto& [id, name] : cluster.names) names.push_back(format("{}={}", id.value, name));
  std::vector<std::uint32_t> met;
  for (const NodeId id : cluster.met) met.push_back(id.value);
  environment.push_back(format("HOLDFAST_CLUSTER_ID={:08x}", cluster.identity));
  environment.push_back(format("HOLDFAST_NODE_ID={}", cluster.self.value));
  environment.push_back(format("HOLDFAST_NODES={}", fmt::join(names, " ")));
  environment.push_back(format("HOLDFAST_MET={}", fmt::join(met, " ")));
}

std::string check_level(const ResourceConfig& resource, const std::string& action, Millis interval) {
  if (action == "validate-all") return "10";
  if (action != "monitor" || interval == Millis{0} || !resource.agent.starts_with("ocf:")) return "0";
  const auto given = resource.parameters.find(std::string(check_level_parameter));
  return given == resource.parameters.end() || given->second.empty() ? "0" : given->second;
}

}  // namespace holdfast
