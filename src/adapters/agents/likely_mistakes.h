// What an agent's meta-data makes look like a slip, though it can be used (K5). Pure; one line each, without the
// resource's name before it.
#pragma once

#include <string>
#include <vector>

#include "adapters/agents/ocf_meta_data.h"
#include "model/config.h"

namespace holdfast {

/// Time limits below those that the agent's author advises; empty: none.
std::string short_timeouts(const ResourceConfig& resource, const OcfMetaData& meta_data);

/// Two resources of one agent with the same value of what should be unique, alone or as a group.
std::vector<std::string> doubled_values(const ResourceConfig& resource, const ResourceConfig& other,
                                        const OcfMetaData& meta_data);

}  // namespace holdfast
