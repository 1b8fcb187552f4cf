// The lines that change the configuration while the cluster runs: set, resource, node, policy, config (O7, V9).
#include <algorithm>
#include <utility>

#include "base/format.h"
#include "sim/scenario/setup.h"

namespace holdfast::sim {

void Setup::live(LineReader& line, const std::string& word, ConfigOrder& order) {
  if (!live_) {
    take_heartbeat(line);
    world_.config = std::make_shared<const ClusterConfig>(*config_);
    live_ = true;
  }
  if (word == "set")
    set(line);
  else if (word == "node")
    node(line);
  else if (word == "config")
    edit(line, order);
  else
    change_resource(line);
  note_everything();
  order.patch.after = *config_;
  last_edit_ = order.patch;
}

/// A resource that is there is changed, another one is added.
void Setup::change_resource(LineReader& line) {
  if (!line.next_is_resource()) return resource(line);
  const ResourceName name = line.resource();
  const auto known = config_->resources.find(name);
  if (known == config_->resources.end()) return line.fail(format("resource {} was removed", name.value));
  ResourceConfig changed = known->second;
  while (!line.at_end() && !line.error())
    if (const auto pair = line.key_value()) {
      if (pair->first == "depends_on") changed.depends_on.clear();
      if (pair->first == "address")
        changed.parameters["address"] = pair->second;
      else if (pair->first != "depends_on" || pair->second != "none")
        resource_value(line, changed, pair->first, pair->second);
    }
  if (!line.error()) known->second = std::move(changed);
}

/// `config add|remove node N`, `config remove resource R`, `config links=K`, and how it is asked: `config at N`,
/// `config force`, `config stale`, `config again`, `config whole`.
void Setup::edit(LineReader& line, ConfigOrder& order) {
  do {
    if (line.take("force")) {
      order.force = Force::yes;
    } else if (line.take("stale")) {
      order.stale = true;
    } else if (line.take("whole")) {
      order.whole = true;
    } else if (line.take("again")) {
      order.patch.before = last_edit_.before;
    } else if (line.take("at")) {
      order.at = line.node();
    } else if (line.take("add")) {
      line.expect_word("node");
      edit_nodes(line, true);
    } else if (line.take("remove")) {
      if (line.take("resource")) {
        const ResourceName name = line.resource();
        if (config_->resources.erase(name) == 0) line.fail(format("resource {} was removed before", name.value));
      } else {
        line.expect_word("node");
        edit_nodes(line, false);
      }
    } else {
      edit_links(line);
    }
  } while (!line.at_end() && !line.error());
}

void Setup::edit_nodes(LineReader& line, bool add) {
  if (!add) {
    const NodeId gone = line.node();
    std::erase_if(config_->nodes, [&](const NodeConfig& n) { return n.id == gone; });
    for (auto& [name, resource] : config_->resources) std::erase(resource.nodes, gone);
    return;
  }
  const std::string name = line.word("a node");
  const NodeConfig* known = everything_->node(name);
  NodeConfig node;
  node.id = known != nullptr ? known->id : NodeId{static_cast<std::uint32_t>(everything_->nodes.size() + 1)};
  node.name = name;
  for (std::size_t k = 1; k <= config_->nodes.front().links.size(); ++k)
    node.links.push_back(format("10.77.{}.{}", k, node.id.value));
  config_->nodes.push_back(std::move(node));
  std::sort(config_->nodes.begin(), config_->nodes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

void Setup::edit_links(LineReader& line) {
  const auto pair = line.key_value();
  const auto count = pair && pair->first == "links" ? parse_number(pair->second) : std::nullopt;
  if (!count || *count < 1 || *count > 8)
    return line.fail(
        "config: allowed: add node N, remove node N, remove resource R, links=1 to 8, at N, force, stale, again, "
        "whole");
  for (NodeConfig& node : config_->nodes) {
    node.links.clear();
    for (std::int64_t k = 1; k <= *count; ++k) node.links.push_back(format("10.77.{}.{}", k, node.id.value));
  }
}

/// engine.md 2.3
void Setup::take_heartbeat(LineReader& line) {
  if (!heartbeat_ || !misses_) return;
  const Millis interval = std::chrono::duration_cast<Millis>(*heartbeat_);
  const Millis silence = interval * *misses_;
  if (interval < Millis{50} || silence < Millis{200})
    return line.fail("heartbeat x misses is too short; at least 50ms x 4");
  config_->detection = {"custom", Millis{silence.count() * 10 / 22}, interval, silence};
  heartbeat_.reset();
  misses_.reset();
}

void Setup::note_everything() {
  const ClusterConfig known_before = std::exchange(*everything_, *config_);
  everything_->nodes = known_before.nodes;
  everything_->resources = known_before.resources;
  for (const NodeConfig& node : config_->nodes) {
    const auto known = std::find_if(everything_->nodes.begin(), everything_->nodes.end(),
                                    [&](const NodeConfig& n) { return n.id == node.id; });
    if (known == everything_->nodes.end())
      everything_->nodes.push_back(node);
    else if (known->links.size() < node.links.size())
      known->links = node.links;
  }
  // The wires are there from the beginning, on every machine.
  std::size_t most = 0;
  for (const NodeConfig& node : everything_->nodes) most = std::max(most, node.links.size());
  for (NodeConfig& node : everything_->nodes)
    for (std::size_t k = node.links.size() + 1; k <= most; ++k)
      node.links.push_back(format("10.77.{}.{}", k, node.id.value));
  for (const auto& [name, resource] : config_->resources) everything_->resources[name] = resource;
}

}  // namespace holdfast::sim
