#include "adapters/agents/pacemaker.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/format.h"

namespace holdfast {
namespace {

constexpr std::string_view heartbeat = "ocf:heartbeat:";
constexpr std::string_view no_attributes = "it only writes node attributes, which Holdfast does not have";
constexpr std::string_view reads_attributes = "it reads node attributes, which Holdfast does not have";
constexpr std::string_view standby = "it puts Pacemaker's nodes into standby";
constexpr std::string_view promotion = "its copies are promoted and demoted, which Holdfast does not do";

/// The agent does nothing useful without this command.
struct Refused {
  std::string_view type;
  std::string_view command;
  std::string_view reason;
};

constexpr std::array refused{
    Refused{"ClusterMon", "crm_mon", "it only shows Pacemaker's state; see holdfast status --watch"},
    Refused{"NodeUtilization", "crm_attribute", no_attributes},
    Refused{"Stateful", "crm_attribute", promotion},
    Refused{"SysInfo", "attrd_updater", no_attributes},
    Refused{"azure-events", "crm_attribute", standby},
    Refused{"azure-events-az", "crm_attribute", standby},
    Refused{"conntrackd", "crm_master", promotion},
    Refused{"ethmonitor", "attrd_updater", no_attributes},
    Refused{"galera", "crm_attribute", promotion},
    Refused{"lxd-info", "attrd_updater", no_attributes},
    Refused{"machine-info", "attrd_updater", no_attributes},
    Refused{"mariadb", "crm_attribute",
            "its copies are promoted and demoted, which Holdfast does not do; for one server with its data on a shared "
            "or mirrored disk use ocf:heartbeat:mysql"},
    Refused{"mpathpersist", "crm_node", promotion},
    Refused{"openstack-cinder-volume", "attrd_updater", reads_attributes},
    Refused{"openstack-floating-ip", "attrd_updater", reads_attributes},
    Refused{"openstack-info", "attrd_updater", no_attributes},
    Refused{"openstack-virtual-ip", "attrd_updater", reads_attributes},
    Refused{"ovsmonitor", "attrd_updater", no_attributes},
    Refused{"pingd", "pingd", "it only writes node attributes; use ping of the agent ip"},
    Refused{"rabbitmq-cluster", "cibadmin", "it joins its copies by what Pacemaker knows of them"},
    Refused{"rabbitmq-server-ha", "crm_attribute", promotion},
    Refused{"sg_persist", "crm_node", promotion},
    Refused{"storage-mon", "attrd_updater", no_attributes},
};

/// The agent needs the command only if this parameter is set, to one of these values (empty: to any).
struct RefusedIfSet {
  std::string_view type;
  std::string_view parameter;
  std::string_view values;  ///< with blanks between them
  std::string_view command;
};

constexpr std::array refused_if_set{
    RefusedIfSet{"SAPInstance", "ERS_InstanceName", "", "crm_master"},
    RefusedIfSet{"mysql", "replication_user", "", "crm_attribute"},
    RefusedIfSet{"mysql", "reader_attribute", "", "crm_attribute"},
    RefusedIfSet{"pgsql", "rep_mode", "async sync", "crm_attribute"},
};

/// Only their documentation names a command, or they call it only as promoted copies, in a parameter that we set
/// below, or without need of its answer.
constexpr std::array harmless{"SAPDatabase", "SAPInstance", "VirtualDomain", "Xen", "db2", "mysql", "pgsql", "redis"};

struct Setting {
  std::string_view type;
  std::string_view name;
  std::string_view value;
};

/// Utilization attributes serve Pacemaker's placement alone.
constexpr std::array settings{
    Setting{"VirtualDomain", "autoset_utilization_cpu", "false"},
    Setting{"VirtualDomain", "autoset_utilization_host_memory", "false"},
    Setting{"VirtualDomain", "autoset_utilization_hv_memory", "false"},
    Setting{"VirtualDomain", "unset_utilization_cpu", "false"},
    Setting{"VirtualDomain", "unset_utilization_host_memory", "false"},
    Setting{"VirtualDomain", "unset_utilization_hv_memory", "false"},
    Setting{"Xen", "autoset_utilization_cpu", "false"},
    Setting{"Xen", "autoset_utilization_hv_memory", "false"},
};

constexpr std::array commands{"crm_attribute", "crm_master",   "attrd_updater", "crm_node",           "crm_resource",
                              "crm_mon",       "crm_simulate", "cibadmin",      "crm_failcount",      "crm_standby",
                              "crm_ticket",    "crmadmin",     "stonith_admin", "ocf_promotion_score"};

bool is_one_of(std::string_view value, std::string_view values) {
  if (values.empty()) return true;
  for (std::size_t at = 0; at < values.size();) {
    const std::size_t end = std::min(values.find(' ', at), values.size());
    if (values.substr(at, end - at) == value) return true;
    at = end + 1;
  }
  return false;
}

std::string_view type_of(std::string_view agent) {
  return agent.starts_with(heartbeat) ? agent.substr(heartbeat.size()) : std::string_view{};
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word_character(text[at - 1])) && (end == text.size() || !is_word_character(text[end])))
      return true;
  }
  return false;
}

}  // namespace

std::string needs_pacemaker(const std::string& agent, const std::map<std::string, std::string>& parameters) {
  const std::string_view type = type_of(agent);
  if (const auto found = std::ranges::find(refused, type, &Refused::type); found != refused.end())
    return format("agent {} needs Pacemaker's command {}: {}", agent, found->command, found->reason);
  for (const RefusedIfSet& entry : refused_if_set) {
    const auto given = entry.type == type ? parameters.find(std::string(entry.parameter)) : parameters.end();
    if (given == parameters.end() || given->second.empty() || !is_one_of(given->second, entry.values)) continue;
    return format("agent {} with parameter {} = \"{}\" needs Pacemaker's command {}: {}; leave it out for one server",
                  agent, entry.parameter, given->second, entry.command, promotion);
  }
  return {};
}

std::string pacemaker_command_of(const std::string& agent) {
  const auto found = std::ranges::find(refused, type_of(agent), &Refused::type);
  return found == refused.end() ? std::string{} : std::string(found->command);
}

std::map<std::string, std::string> parameters_without_pacemaker(const std::string& agent) {
  std::map<std::string, std::string> out;
  for (const Setting& setting : settings)
    if (setting.type == type_of(agent)) out.emplace(setting.name, setting.value);
  return out;
}

bool is_known_to_name_pacemaker(const std::string& type) {
  return std::ranges::find(refused, std::string_view(type), &Refused::type) != refused.end() ||
         std::ranges::find(harmless, std::string_view(type)) != harmless.end();
}

std::vector<std::string> pacemaker_commands_in(const std::string& text) {
  std::vector<std::string> out;
  for (const char* command : commands)
    if (has_word(text, command)) out.emplace_back(command);
  return out;
}

}  // namespace holdfast
