#include "sim/config_mistakes.h"

#include <algorithm>

#include "base/format.h"
#include "config/sections.h"

namespace holdfast::sim {

namespace {

config::DraftNode draft_of(const NodeConfig& node, config::Place place) {
  config::DraftNode draft{node.name, format("node \"{}\"", node.name), place, place, {}, true, node, node.id.value,
                          place};
  for (const std::string& link : node.links) draft.links.push_back({link, place, config::parse_address(link)});
  return draft;
}

/// A draft knows nodes by their places among all.
void place_nodes(const ClusterConfig& config, config::DraftResource& draft, config::Problems& problems) {
  std::vector<NodeId> places;
  for (const NodeId node : draft.config.nodes) {
    const auto found = std::find_if(config.nodes.begin(), config.nodes.end(),
                                    [&](const NodeConfig& known) { return known.id == node; });
    if (found == config.nodes.end())
      problems.error(draft.place, format("{}: nodes: node {} is not a node", draft.shown, node.value));
    else
      places.push_back(NodeId{static_cast<std::uint32_t>(found - config.nodes.begin() + 1)});
  }
  if (places.empty()) problems.error(draft.place, format("{}: nodes: none", draft.shown));
  draft.config.nodes = std::move(places);
}

config::DraftResource draft_of(const ResourceConfig& resource, config::Place place) {
  config::DraftResource draft{resource, format("resource \"{}\"", resource.name.value), place, place, {}, {}};
  for (const ResourceName& below : resource.depends_on) draft.depends_on.push_back({below, place});
  for (const auto& [name, value] : resource.parameters) draft.parameters[name] = {value, place};
  return draft;
}

}  // namespace

std::vector<std::string> mistakes_in(const ClusterConfig& config) {
  config::Problems problems("configuration");
  config::Draft draft;
  draft.settings = config;
  if (config.nodes.size() == 1) draft.settings.engine = EngineKind::local;  // whose simulation is the same
  int line = 0;
  for (const NodeConfig& node : config.nodes) draft.nodes.push_back(draft_of(node, {++line, 1}));
  for (const auto& [name, resource] : config.resources) {
    draft.resources.push_back(draft_of(resource, {++line, 1}));
    place_nodes(config, draft.resources.back(), problems);
  }
  config::check_nodes(draft, problems);
  if (!problems.has_errors()) {
    config::check_dependencies(draft, problems);
    config::check_claims(draft, problems);
    config::check_guards(draft, problems);
  }
  std::vector<std::string> lines;
  for (const config::Problem& problem : problems.take())
    if (!problem.warning) lines.push_back(problem.text);
  return lines;
}

}  // namespace holdfast::sim
