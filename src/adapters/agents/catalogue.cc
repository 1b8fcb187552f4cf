#include "adapters/agents/catalogue.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "adapters/agents/check_parameters.h"
#include "adapters/agents/installed.h"
#include "adapters/agents/ocf_environment.h"
#include "adapters/agents/ocf_result.h"
#include "adapters/agents/pacemaker.h"
#include "base/format.h"
#include "base/spelling.h"

namespace holdfast {
namespace {

constexpr std::array own_kinds{"disk", "filesystem", "ip", "probe", "process", "script", "systemd"};
constexpr std::string_view kinds_text =
    "disk, filesystem, ip, probe, process, script, systemd, lsb:<name>, ocf:<provider>:<type>";
constexpr std::string_view ocf_prefix = "ocf:";
constexpr std::string_view lsb_prefix = "lsb:";

/// "$@" is the agent. A stop that finds nothing running has reached its aim.
constexpr std::string_view restart_script =
    "\"$@\" stop; code=$?; "
    "case $code in 0|7) ;; *) echo \"stop ended with exit code $code\" >&2; exit 1 ;; esac; "
    "export OCF_RESKEY_CRM_meta_name=start; "
    "exec \"$@\" start";

std::string action_of(OperationKind kind) {
  switch (kind) {
    case OperationKind::start:
      return "start";
    case OperationKind::stop:
      return "stop";
    case OperationKind::recover:
      return "recover";
    case OperationKind::monitor:
    case OperationKind::probe:
      break;
  }
  return "monitor";
}

Millis timeout_of(const ResourceConfig& resource, OperationKind kind) {
  if (kind == OperationKind::start) return resource.timeouts.start;
  if (kind == OperationKind::stop) return resource.timeouts.stop;
  if (kind == OperationKind::recover) return resource.timeouts.recover;
  return resource.timeouts.monitor;
}

/// A name becomes part of a path.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.find('/') == std::string_view::npos;
}

bool is_executable(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

bool Catalogue::is_own(const std::string& agent) const {
  return std::ranges::find(own_kinds, agent) != own_kinds.end() || agent.starts_with(lsb_prefix);
}

Result<Catalogue::Location> Catalogue::locate_own(const std::string& agent) const {
  const std::string program = settings_.agent_directory + "/holdfast-agent";
  if (!is_executable(program)) return failure(format("agent {}: program {} is not installed", agent, program));
  if (!agent.starts_with(lsb_prefix)) return Location{program, {agent}, "holdfast", agent};
  const std::string name = agent.substr(lsb_prefix.size());
  if (!is_plain_name(name))
    return failure(format("agent \"{}\" is not of the form lsb:<name>, a script in /etc/init.d", agent));
  return Location{program, {"lsb"}, "holdfast", name};
}

Result<Catalogue::Location> Catalogue::locate(const std::string& agent) const {
  if (is_own(agent)) return locate_own(agent);
  const std::size_t colon = agent.find(':', ocf_prefix.size());
  if (!agent.starts_with(ocf_prefix) || colon == std::string::npos) return failure(unknown_agent(agent));
  const std::string provider = agent.substr(ocf_prefix.size(), colon - ocf_prefix.size());
  const std::string type = agent.substr(colon + 1);
  if (!is_plain_name(provider) || !is_plain_name(type))
    return failure(format("agent \"{}\" is not of the form ocf:<provider>:<type>", agent));
  const std::string program = settings_.ocf_root + "/resource.d/" + provider + "/" + type;
  if (is_executable(program)) return Location{program, {}, provider, type};
  const std::string meant = nearest_word(names(), agent);
  const std::string question = meant.empty() ? ";" : format("; did you mean {}?", meant);
  const auto providers = ocf_providers(settings_.ocf_root);
  if (std::ranges::find(providers, provider) == providers.end())
    return failure(format("agent {} is not installed: no provider {} in {}/resource.d{} installed: {}", agent, provider,
                          settings_.ocf_root, question, list_like(providers, provider)));
  return failure(format("agent {} is not installed{} installed of {}: {}", agent, question, provider,
                        list_like(ocf_types(settings_.ocf_root, provider), type)));
}

/// It may be a slip in one of our own kinds, or a type without what stands before it.
std::string Catalogue::unknown_agent(const std::string& agent) const {
  const std::vector<std::string> all = names();
  std::vector<std::string> types;
  for (const std::string& name : all) types.push_back(name.substr(name.rfind(':') + 1));
  const std::string whole = nearest_word(all, agent);
  const std::string type = nearest_word(types, agent.substr(agent.rfind(':') + 1));
  std::string meant = whole;
  if (whole.empty() && !type.empty())
    meant = all[static_cast<std::size_t>(std::ranges::find(types, type) - types.begin())];
  return format("agent \"{}\" is unknown; {}allowed: {}", agent,
                meant.empty() ? "" : format("did you mean {}? ", meant), kinds_text);
}

std::vector<std::string> Catalogue::names() const {
  std::vector<std::string> out(own_kinds.begin(), own_kinds.end());
  for (const std::string& script : init_scripts(settings_.init_folder)) out.push_back(std::string(lsb_prefix) + script);
  for (const std::string& provider : ocf_providers(settings_.ocf_root))
    for (const std::string& type : ocf_types(settings_.ocf_root, provider))
      out.push_back(format("{}{}:{}", ocf_prefix, provider, type));
  std::ranges::sort(out);
  return out;
}

Command Catalogue::command_for(const Location& location, const ResourceConfig& resource, const std::string& action,
                               Millis timeout, Millis interval) const {
  Command out;
  out.arguments.push_back(location.program);
  out.arguments.insert(out.arguments.end(), location.arguments.begin(), location.arguments.end());
  out.arguments.push_back(action);
  OcfCall call{action, resource.name.value, location.provider, location.type, timeout, interval};
  out.environment = ocf_environment(call, settings_);
  if (is_own(resource.agent)) add_cluster(settings_.cluster, out.environment);
  std::map<std::string, std::string> parameters = resource.parameters;
  parameters.merge(parameters_without_pacemaker(resource.agent));
  for (const auto& [name, value] : parameters)
    if (is_own(resource.agent) || name != check_level_parameter)
      out.environment.push_back("OCF_RESKEY_" + name + "=" + value);
  out.environment.push_back(format("OCF_CHECK_LEVEL={}", check_level(resource, action, interval)));
  return out;
}

/// F5: OCF has no recover that agents agree upon. Seen from outside it is one operation: one process group, one time
/// limit, of which stop and start are told half each.
AgentCommand Catalogue::restart_in_place(const Location& location, const ResourceConfig& resource) const {
  const Millis half = resource.timeouts.recover / 2;
  AgentCommand out;
  out.command = command_for(location, resource, "stop", half, Millis{0});
  auto& arguments = out.command.arguments;
  arguments.pop_back();  // the action
  arguments.insert(arguments.begin(), {"/bin/sh", "-c", std::string(restart_script), "restart-in-place"});
  out.meaning = [](const RunResult& run) { return ocf_result(OperationKind::start, run); };
  return out;
}

void Catalogue::know(const ClusterConfig& config, const std::vector<NodeId>& members) {
  for (const NodeConfig& node : config.nodes) settings_.cluster.names[node.id] = node.name;
  settings_.cluster.met.insert(members.begin(), members.end());
}

/// OCF agents keep their marks there; on a node whose /run is fresh nobody else has made it.
void Catalogue::make_temporary() const { mkdir(settings_.ocf_temporary.c_str(), 01755); }

Result<AgentCommand> Catalogue::command(const ResourceConfig& resource, OperationKind kind) const {
  const auto location = locate(resource.agent);
  if (!location) return tl::unexpected(location.error());
  if (const std::string reason = needs_pacemaker(resource.agent, resource.parameters); !reason.empty())
    return failure(reason);
  if (!is_own(resource.agent)) make_temporary();
  if (!is_own(resource.agent) && kind == OperationKind::recover) return restart_in_place(*location, resource);
  const Millis interval = kind == OperationKind::monitor ? resource.monitor_interval : Millis{0};
  AgentCommand out;
  out.command = command_for(*location, resource, action_of(kind), timeout_of(resource, kind), interval);
  out.meaning = [kind](const RunResult& run) { return ocf_result(kind, run); };
  return out;
}

}  // namespace holdfast
