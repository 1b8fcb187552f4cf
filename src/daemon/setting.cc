#include "daemon/setting.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "adapters/fence/fence_agents.h"
#include "adapters/files/key_file.h"
#include "adapters/watchdog/watchdog_check.h"
#include "base/digest.h"
#include "base/format.h"
#include "config/read.h"

namespace holdfast::daemon {

namespace {

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

/// The node that this machine is: by --node, else by its host name, whole or up to the first dot.
const NodeConfig* own_node(const ClusterConfig& config, const Options& options) {
  if (!options.node.empty()) return config.node(options.node);
  const std::string host = host_name();
  if (const NodeConfig* node = config.node(host)) return node;
  return config.node(host.substr(0, host.find('.')));
}

std::string node_names(const ClusterConfig& config) {
  std::string names;
  for (const NodeConfig& node : config.nodes) names += (names.empty() ? "" : ", ") + node.name;
  return names;
}

/// K10: what it stands on is taken to be elsewhere; where it is here the resource mostly runs, too. Empty: none.
std::string readiness_warning(Setting& setting, const ResourceConfig& resource) {
  const Ground ground = ground_of(resource, *setting.config, [](const ResourceName&) { return false; });
  const Readiness found = setting.catalogue.readiness(resource, ground);
  if (found.verdict == Verdict::unknown || found.text.empty()) return {};
  return format("resource \"{}\": {}{}", resource.name.value,
                found.verdict == Verdict::ready ? "" : "could not start on this node now: ", found.text);
}

/// K5: only what may run here must be here.
/// K10: what may change until it is needed is a warning; a daemon that starts does not wait for it.
void check_agents(Setting& setting, const Options& options, const std::string& file, Place place) {
  CatalogueSettings settings = catalogue_settings(options, setting.config->name_of(setting.self));
  settings.cluster.identity = identity_of(*setting.config);
  settings.cluster.self = setting.self;
  setting.catalogue = Catalogue(std::move(settings));
  setting.catalogue.know(*setting.config, {});
  for (const auto& [name, resource] : setting.config->resources) {
    const bool here = setting.self.value == 0 ||
                      std::find(resource.nodes.begin(), resource.nodes.end(), setting.self) != resource.nodes.end();
    if (!here) continue;
    const std::vector<std::string> problems = setting.catalogue.check_resource(resource);
    for (const std::string& problem : problems) setting.problems.push_back(format("{}: {}", file, problem));
    if (!problems.empty()) continue;
    for (const std::string& warning : setting.catalogue.likely_mistakes(resource, *setting.config))
      setting.warnings.push_back(format("{}: {}", file, warning));
    if (place == Place::a_node || setting.self.value == 0) continue;
    const std::string warning = readiness_warning(setting, resource);
    if (!warning.empty()) setting.warnings.push_back(format("{}: {}", file, warning));
  }
}

/// G3: any node may have to fence any other, so every agent must be here.
void check_fence_agents(Setting& setting, const std::string& file) {
  setting.fence_agents = FenceAgents(fence_search_path());
  for (const NodeConfig& node : setting.config->nodes)
    for (std::size_t level = 0; level < node.fence.size(); ++level)
      for (const std::string& problem :
           setting.fence_agents.check(node.fence[level].agent, node.fence[level].parameters))
        setting.problems.push_back(format("{}: node \"{}\": fence level {}: {}", file, node.name, level + 1, problem));
}

/// G4: the peers rely on it, so a node without it must not take part.
void check_watchdog(Setting& setting, const Options& options, const std::string& file) {
  const std::string& device = setting.config->watchdog.device;
  if (device.empty() || setting.self == NodeId{}) return;
  const WatchdogFinding found = look_at_watchdog(device, ::access(watchdog_socket(options).c_str(), F_OK) == 0);
  if (!found.problem.empty()) setting.problems.push_back(format("{}: [cluster]: watchdog: {}", file, found.problem));
  if (!found.warning.empty()) setting.warnings.push_back(format("{}: [cluster]: watchdog: {}", file, found.warning));
}

/// V5: any node may have to tell. They may come later, so that a node without them takes part all the same.
void check_notify(Setting& setting, const std::string& file) {
  if (setting.self == NodeId{}) return;
  for (const NotifyTarget& target : setting.config->notify) {
    const auto need = [&](const std::string& path, int access, const char* must) {
      if (!path.empty() && ::access(path.c_str(), access) != 0)
        setting.warnings.push_back(format("{}: notify \"{}\": {}: {}; it must be {} on every node", file, target.name,
                                          path, std::strerror(errno), must));
    };
    need(target.path, X_OK, "a program");
    for (const std::string* path : {&target.password_file, &target.token_file, &target.ca_file})
      need(*path, R_OK, "readable");
  }
}

}  // namespace

std::string watchdog_socket(const Options& options) { return options.run_dir + "/watchdog.sock"; }

std::string fence_search_path() {
  const char* path = std::getenv("PATH");
  return (path == nullptr || *path == '\0' ? "" : std::string(path) + ":") + FenceAgents::standard_search_path;
}

std::string agent_directory(const Options& options) {
  if (!options.agent_dir.empty()) return options.agent_dir;
  std::error_code error;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  return std::filesystem::exists(beside / "holdfast-agent", error)
             ? beside.string()
             : (beside.parent_path() / "libexec" / "holdfast").string();
}

std::uint32_t identity_of(const ClusterConfig& config) {
  const Result<std::string> key =
      config.engine == EngineKind::corosync ? files::read_key_file(config.key_file) : Result<std::string>{""};
  const std::uint64_t digest = digest_of(config.name + '\n' + key.value_or("")).value;
  return static_cast<std::uint32_t>(digest >> 32 ^ digest);
}

CatalogueSettings catalogue_settings(const Options& options, const std::string& node) {
  CatalogueSettings settings;
  settings.node = node;
  settings.run_directory = options.run_dir;
  settings.agent_directory = agent_directory(options);
  return settings;
}

Setting find_setting(const Options& options, const std::string& file, Place place) {
  Setting setting;
  config::ReadOutcome read = config::read_config_file(file);
  for (const config::Problem& problem : read.problems)
    (problem.warning ? setting.warnings : setting.problems).push_back(config::to_line(problem));
  if (!read.config) return setting;
  setting.config = std::make_shared<const ClusterConfig>(std::move(*read.config));
  if (const NodeConfig* node = own_node(*setting.config, options)) {
    setting.self = node->id;
  } else if (place == Place::a_node || !options.node.empty()) {
    setting.problems.push_back(format("{}: there is no node {}; allowed: {} (or say which by --node)", file,
                                      options.node.empty() ? host_name() : options.node, node_names(*setting.config)));
    return setting;
  }
  check_agents(setting, options, file, place);
  check_fence_agents(setting, file);
  check_watchdog(setting, options, file);
  check_notify(setting, file);
  return setting;
}

}  // namespace holdfast::daemon
