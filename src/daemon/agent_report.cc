#include "daemon/agent_report.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "adapters/agents/catalogue.h"
#include "adapters/agents/describe.h"
#include "adapters/agents/installed.h"
#include "adapters/agents/pacemaker.h"
#include "adapters/fence/fence_agents.h"
#include "base/format.h"
#include "daemon/setting.h"

namespace holdfast::daemon {
namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;

int say(const std::string& text, int code) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return code;
}

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

std::vector<std::string> all_names(const Catalogue& catalogue, const FenceAgents& fence_agents) {
  std::vector<std::string> names = catalogue.names();
  for (std::string& name : fence_agents.names()) names.push_back(std::move(name));
  return names;
}

/// Fence agents are many and slow to ask; their names tell what they are.
ListedAgent listed(Catalogue& catalogue, const std::string& name) {
  ListedAgent out{name, {}, {}};
  if (is_fence_agent_name(name)) return {name, "Fence agent", {}};
  if (const auto brief = catalogue.brief(name))
    out.brief = *brief;
  else
    out.problem = "not usable: " + brief.error().text;
  if (const std::string command = pacemaker_command_of(name); !command.empty())
    out.problem = format("not usable: needs Pacemaker's command {}", command);
  return out;
}

/// Its meta-data has the same form.
Result<OcfMetaData> meta_data_of(Catalogue& catalogue, const FenceAgents& fence_agents, const std::string& name) {
  if (!is_fence_agent_name(name)) return catalogue.meta_data(name);
  const Result<std::string> text = fence_agents.meta_data_text(name);
  if (!text) return tl::unexpected(text.error());
  auto parsed = parse_ocf_meta_data(*text);
  if (!parsed) return failure(format("metadata of fence agent {}: {}", name, parsed.error().text));
  return parsed;
}

}  // namespace

int list_agents(const Options& options, const ListAgents& task) {
  Catalogue catalogue(catalogue_settings(options, ""));
  const std::vector<std::string> names = all_names(catalogue, FenceAgents(fence_search_path()));
  if (task.names_only) {
    for (const std::string& name : names) print(name + "\n");
    return 0;
  }
  std::vector<ListedAgent> agents;
  for (const std::string& name : names) agents.push_back(listed(catalogue, name));
  print(task.json ? agents_as_json(agents) : agents_as_text(agents));
  return 0;
}

int show_agent(const Options& options, const ShowAgent& task) {
  Catalogue catalogue(catalogue_settings(options, ""));
  const FenceAgents fence_agents(fence_search_path());
  const std::vector<std::string> names = all_names(catalogue, fence_agents);
  const auto meta_data = meta_data_of(catalogue, fence_agents, task.name);
  const bool known = std::find(names.begin(), names.end(), task.name) != names.end();
  if (!meta_data) return say(meta_data.error().text, known ? failed : wrong_usage);
  const std::string problem = needs_pacemaker(task.name, {});
  print(task.json ? agent_as_json(task.name, *meta_data, problem) : agent_as_text(task.name, *meta_data, problem));
  return 0;
}

}  // namespace holdfast::daemon
