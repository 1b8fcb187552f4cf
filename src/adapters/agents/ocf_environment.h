// The environment of one call of an agent: what OCF 1.1 names, and what agents of Debian's resource-agents read
// besides. Pure. Nothing of the daemon's own environment gets through (K11).
#pragma once

#include <string>
#include <vector>

#include "adapters/agents/catalogue.h"

namespace holdfast {

struct OcfCall {
  std::string action;
  std::string resource;  ///< its name
  std::string provider;
  std::string type;
  Millis timeout{0};
  Millis interval{0};  ///< 0: of a monitor, it is a probe
};

/// All but the parameters and the depth of the check.
std::vector<std::string> ocf_environment(const OcfCall& call, const CatalogueSettings& settings);

/// HOLDFAST_CLUSTER_ID (8 hexadecimal digits), HOLDFAST_NODE_ID, HOLDFAST_NODES ("1=alpha 2=beta") and HOLDFAST_MET
/// ("2"), for our own agents. Nothing where the node is not told.
void add_cluster(const ClusterAround& cluster, std::vector<std::string>& environment);

/// OCF_CHECK_LEVEL: what the resource's parameter of this name says for its monitors; a probe only asks whether it
/// runs; "could it start here" asks for all that can be looked at (10, OCF 1.1, validate-all).
std::string check_level(const ResourceConfig& resource, const std::string& action, Millis interval);

}  // namespace holdfast
