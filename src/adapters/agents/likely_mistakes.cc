#include "adapters/agents/likely_mistakes.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <string_view>

#include "adapters/agents/catalogue.h"
#include "adapters/agents/check_parameters.h"
#include "adapters/agents/ocf_text.h"
#include "adapters/agents/pacemaker.h"
#include "adapters/process/tail_line.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr std::size_t shown_limit = 80;

/// The longest that the agent advises for an action, whatever its depth.
Millis advised(const OcfMetaData& meta_data, std::string_view action) {
  Millis longest{0};
  for (const OcfAction& entry : meta_data.actions)
    if (entry.name == action) longest = std::max(longest, entry.timeout);
  return longest;
}

/// The parameters that are unique together, by a name for the group.
std::map<std::string, std::vector<std::string>> unique_groups(const OcfMetaData& meta_data) {
  std::map<std::string, std::vector<std::string>> out;
  for (const OcfParameter& parameter : meta_data.parameters) {
    if (!parameter.unique_group.empty())
      out["group " + parameter.unique_group].push_back(parameter.name);
    else if (parameter.unique)
      out[parameter.name].push_back(parameter.name);
  }
  return out;
}

/// Defaults may be made of the resource's name; only what is given in both can be the same.
bool are_same(const ResourceConfig& resource, const ResourceConfig& other, const std::string& name) {
  const auto mine = resource.parameters.find(name);
  const auto theirs = other.parameters.find(name);
  return mine != resource.parameters.end() && theirs != other.parameters.end() && mine->second == theirs->second;
}

/// An agent that is a compiled program names nothing.
std::vector<std::string> commands_named_by(const std::string& program) {
  constexpr std::size_t most = 1024 * 1024;
  std::ifstream file(program, std::ios::binary);
  std::string text(most, '\0');
  file.read(text.data(), most);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text.starts_with("#!") ? pacemaker_commands_in(text) : std::vector<std::string>{};
}

}  // namespace

std::string short_timeouts(const ResourceConfig& resource, const OcfMetaData& meta_data) {
  struct Limit {
    std::string_view action;
    Millis ours;
  };
  std::vector<std::string> shorter;
  for (const Limit& limit : {Limit{"start", resource.timeouts.start}, Limit{"stop", resource.timeouts.stop},
                             Limit{"monitor", resource.timeouts.monitor}})
    if (const Millis theirs = advised(meta_data, limit.action); theirs > limit.ours)
      shorter.push_back(format("{} = \"{}\" (it advises {})", limit.action, show(limit.ours), show(theirs)));
  if (shorter.empty()) return {};
  return format("timeouts shorter than agent {} advises: {}", resource.agent, fmt::join(shorter, ", "));
}

std::vector<std::string> doubled_values(const ResourceConfig& resource, const ResourceConfig& other,
                                        const OcfMetaData& meta_data) {
  std::vector<std::string> out;
  if (resource.agent != other.agent) return out;
  for (const auto& [group, names] : unique_groups(meta_data)) {
    if (!std::ranges::all_of(names, [&](const std::string& name) { return are_same(resource, other, name); })) continue;
    const std::string value = tail_line(resource.parameters.at(names.front()), shown_limit);
    out.push_back(format("its {} ({}) is also that of resource \"{}\"; agent {} wants it unique",
                         fmt::join(names, ", "), value, other.name.value, resource.agent));
  }
  return out;
}

std::vector<std::string> Catalogue::likely_mistakes(const ResourceConfig& resource, const ClusterConfig& config) {
  const auto known = meta_data(resource.agent);
  const auto location = locate(resource.agent);
  if (!known || !location || is_own(resource.agent)) return {};
  std::vector<std::string> out = parameter_warnings(resource.agent, resource.parameters, *known);
  if (std::string warning = short_timeouts(resource, *known); !warning.empty()) out.push_back(std::move(warning));
  for (const auto& [name, other] : config.resources)
    if (name < resource.name)
      for (std::string& warning : doubled_values(resource, other, *known)) out.push_back(std::move(warning));
  const bool in_table = location->provider == "heartbeat" && is_known_to_name_pacemaker(location->type);
  if (!in_table && known->has_action("promote"))
    out.push_back(format("agent {} can be promoted; Holdfast starts it and never promotes it", resource.agent));
  const std::vector<std::string> commands =
      in_table ? std::vector<std::string>{} : commands_named_by(location->program);
  if (!commands.empty())
    out.push_back(format("agent {} names commands of Pacemaker's, which are not here: {}", resource.agent,
                         fmt::join(commands, ", ")));
  for (std::string& warning : out) warning.insert(0, format("resource \"{}\": ", resource.name.value));
  return out;
}

}  // namespace holdfast
