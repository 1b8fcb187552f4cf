#include "adapters/agents/visible_lack.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/format.h"

namespace holdfast {
namespace {

/// Of a path like /usr/lib/postgresql/15/bin/pg_ctl.
bool is_in_a_folder_of_programs(std::string_view path) {
  if (!path.starts_with('/') || path.find(' ') != std::string_view::npos) return false;
  const std::string_view folder = path.substr(0, path.rfind('/'));
  return folder.ends_with("/bin") || folder.ends_with("/sbin");
}

/// Filesystem's validate-all only warns of it.
std::string missing_device(const ResourceConfig& resource) {
  if (resource.agent != "ocf:heartbeat:Filesystem") return {};
  const auto device = resource.parameters.find("device");
  struct stat status {};
  if (device == resource.parameters.end() || !device->second.starts_with("/dev/")) return {};
  if (stat(device->second.c_str(), &status) == 0) return {};
  return format("device {}: {}", device->second, std::strerror(errno));
}

}  // namespace

std::string visible_lack(const ResourceConfig& resource, const OcfMetaData* meta_data) {
  if (std::string lack = missing_device(resource); !lack.empty()) return lack;
  if (meta_data == nullptr) return {};
  for (const OcfParameter& parameter : meta_data->parameters) {
    // Only what is given: an agent may look for others where its default is missing.
    const auto given = resource.parameters.find(parameter.name);
    if (given == resource.parameters.end() || !is_in_a_folder_of_programs(parameter.standard) ||
        !is_in_a_folder_of_programs(given->second))
      continue;
    if (access(given->second.c_str(), X_OK) != 0)
      return format("{} = {}: {}", parameter.name, given->second, std::strerror(errno));
  }
  return {};
}

}  // namespace holdfast
