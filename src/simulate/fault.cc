#include "simulate/fault.h"

#include <algorithm>

#include "base/format.h"
#include "sim/scenario/line_reader.h"

namespace holdfast::simulate {

namespace {

std::string node_names(const ClusterConfig& config) {
  std::string names;
  for (const NodeConfig& n : config.nodes) names += (names.empty() ? "" : ", ") + n.name;
  return names;
}

Result<NodeId> node_named(const std::string& name, const ClusterConfig& config) {
  const NodeConfig* node = config.node(name);
  if (node == nullptr) return failure(format("there is no node \"{}\"; known: {}", name, node_names(config)));
  return node->id;
}

Result<std::vector<NodeId>> nodes_named(const std::string& list, char separator, const ClusterConfig& config) {
  std::vector<NodeId> nodes;
  for (const std::string& name : sim::split_at(list, separator)) {
    const Result<NodeId> node = node_named(name, config);
    if (!node) return tl::unexpected(node.error());
    if (std::find(nodes.begin(), nodes.end(), *node) != nodes.end())
      return failure(format("node {} stands twice", name));
    nodes.push_back(*node);
  }
  return nodes;
}

Result<Fault> link_fault(const std::string& argument, const ClusterConfig& config) {
  Fault fault;
  fault.kind = FaultKind::link_fails;
  const std::size_t colon = std::min(argument.find(':'), argument.size());
  const auto index = sim::parse_number(argument.substr(0, colon));
  const auto links = static_cast<std::int64_t>(config.nodes.front().links.size());
  if (!index || *index >= links)
    return failure(
        format("there is no link \"{}\"; this cluster has the links 0 to {}", argument.substr(0, colon), links - 1));
  fault.link = LinkIndex{static_cast<std::uint32_t>(*index)};
  if (colon == argument.size()) return fault;
  // Names of nodes may hold a minus: whatever pair of names fits.
  const std::string pair = argument.substr(colon + 1);
  for (std::size_t minus = pair.find('-'); minus != std::string::npos; minus = pair.find('-', minus + 1)) {
    const NodeConfig* a = config.node(pair.substr(0, minus));
    const NodeConfig* b = config.node(pair.substr(minus + 1));
    if (a == nullptr || b == nullptr || a == b) continue;
    fault.nodes = {a->id, b->id};
    return fault;
  }
  return failure(format("\"{}\" is not of the form A-B with two of the nodes {}", pair, node_names(config)));
}

Result<Fault> split_fault(const std::string& argument, const ClusterConfig& config) {
  const std::vector<std::string> sides = sim::split_at(argument, '/');
  if (sides.size() != 2) return failure(format("\"{}\" is not of the form A,B/C,D", argument));
  const auto first = nodes_named(sides[0], ',', config);
  if (!first) return tl::unexpected(first.error());
  const auto second = nodes_named(sides[1], ',', config);
  if (!second) return tl::unexpected(second.error());
  for (const NodeConfig& n : config.nodes) {
    const bool in_first = std::find(first->begin(), first->end(), n.id) != first->end();
    const bool in_second = std::find(second->begin(), second->end(), n.id) != second->end();
    if (in_first == in_second) return failure(format("node {} must stand on exactly one side", n.name));
  }
  Fault fault;
  fault.kind = FaultKind::split;
  fault.nodes = *first;
  return fault;
}

Result<Fault> resource_fault(const std::string& argument, const ClusterConfig& config) {
  const std::vector<std::string> parts = sim::split_at(argument, ':');
  Fault fault;
  fault.kind = FaultKind::resource_fails;
  fault.resource = ResourceName{parts[0]};
  if (!config.resources.contains(fault.resource)) return failure(format("there is no resource \"{}\"", parts[0]));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    constexpr std::string_view elsewhere = "cannot-start-on=";
    if (parts[i] == "cannot-stop") {
      fault.cannot_stop = true;
    } else if (parts[i] == "recovers") {
      fault.recovers = true;
    } else if (parts[i].starts_with(elsewhere)) {
      const auto node = node_named(parts[i].substr(elsewhere.size()), config);
      if (!node) return tl::unexpected(node.error());
      fault.cannot_start_on = *node;
    } else {
      return failure(
          format("\"{}\"; allowed after the resource: cannot-stop, recovers, cannot-start-on=NODE", parts[i]));
    }
  }
  return fault;
}

}  // namespace

Result<Fault> parse_fault(const std::string& word, const std::string& argument, const ClusterConfig& config) {
  if (word == "link-fails") return link_fault(argument, config);
  if (word == "split") return split_fault(argument, config);
  if (word == "resource-fails") return resource_fault(argument, config);
  if (word != "node-dies" && word != "isolate")
    return failure(
        format("there is no fault {}; allowed: node-dies, isolate, link-fails, split, resource-fails", word));
  const auto node = node_named(argument, config);
  if (!node) return tl::unexpected(node.error());
  return Fault{word == "isolate" ? FaultKind::node_isolated : FaultKind::node_dies, {*node}};
}

std::string words_of(const Fault& fault, const ClusterConfig& config) {
  switch (fault.kind) {
    case FaultKind::node_dies:
      return format("node {} dies", config.name_of(fault.nodes.front()));
    case FaultKind::node_isolated:
      return format("node {} is isolated", config.name_of(fault.nodes.front()));
    case FaultKind::link_fails:
      if (fault.nodes.empty()) return format("link {} fails", fault.link->value);
      return format("link {} between {} and {} fails", fault.link->value, config.name_of(fault.nodes[0]),
                    config.name_of(fault.nodes[1]));
    case FaultKind::split: {
      std::string side;
      for (const NodeId n : fault.nodes) side += (side.empty() ? "" : ", ") + config.name_of(n);
      return format("{} and the others no longer hear each other", side);
    }
    case FaultKind::resource_fails: {
      std::string text = format("resource {} fails", fault.resource.value);
      if (fault.recovers) text += " and can be recovered";
      if (fault.cannot_stop) text += " and cannot stop";
      if (fault.cannot_start_on) text += format(" and cannot start on {}", config.name_of(*fault.cannot_start_on));
      return text;
    }
  }
  return {};
}

}  // namespace holdfast::simulate
