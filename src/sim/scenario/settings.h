// The settings of clusters, nodes and resources by their names in the scenario language.
#pragma once

#include <string>

#include "model/config.h"

namespace holdfast::sim {

enum class SettingNews : std::uint8_t { unknown, taken, wrong };

struct SettingResult {
  SettingNews news = SettingNews::unknown;
  std::string allowed;  ///< wrong: what would be right
};

SettingResult take_setting(ClusterConfig& cluster, const std::string& key, const std::string& value);
SettingResult take_setting(NodeConfig& node, const std::string& key, const std::string& value);
SettingResult take_setting(ResourceConfig& resource, const std::string& key, const std::string& value);

/// All names, for messages.
std::string cluster_settings();
std::string node_settings();
std::string resource_settings();

}  // namespace holdfast::sim
