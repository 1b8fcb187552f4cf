#include "config/read.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/format.h"
#include "config/sections.h"
#include "config/table_reader.h"

namespace holdfast::config {
namespace {

void check_top_level(const Value& root, Problems& problems) {
  TableReader reader(root, "the file", problems);
  for (const char* key : {"cluster", "node", "resource", "notify"}) reader.find(key);
  reader.finish();
}

/// While it is checked, a node is known by its place in the file; from here on by its id.
void take_ids(const Draft& draft, ClusterConfig& config) {
  const auto id_of = [&](NodeId place) { return NodeId{draft.nodes[place.value - 1].id}; };
  for (NodeConfig& node : config.nodes) node.id = id_of(node.id);
  std::sort(config.nodes.begin(), config.nodes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  for (auto& [name, resource] : config.resources)
    for (NodeId& node : resource.nodes) node = id_of(node);
}

ClusterConfig finished(const Draft& draft) {
  ClusterConfig out = draft.settings;
  for (const DraftNode& node : draft.nodes) {
    NodeConfig config = node.config;
    config.id = NodeId{static_cast<std::uint32_t>(out.nodes.size() + 1)};
    config.name = node.name;
    for (const DraftLink& link : node.links) config.links.push_back(show(*link.address));
    out.nodes.push_back(std::move(config));
  }
  for (const DraftResource& resource : draft.resources) {
    ResourceConfig config = resource.config;
    for (const DraftDependency& d : resource.depends_on) config.depends_on.push_back(d.name);
    for (const auto& [name, parameter] : resource.parameters) config.parameters[name] = parameter.value;
    out.resources[config.name] = std::move(config);
  }
  take_ids(draft, out);
  return out;
}

ReadOutcome refused(const std::string& file, std::string text) {
  return {std::nullopt, {{file, 0, 0, std::move(text), false}}};
}

std::string too_large() {
  return format("the file is larger than {} bytes, which is the most that is allowed", largest_file);
}

}  // namespace

ReadOutcome read_config(std::string_view text, const std::string& file_name) {
  if (text.size() > largest_file) return refused(file_name, too_large());
  Problems problems(file_name);
  const auto document = parse_document(text);
  if (!document) {
    problems.error(document.error().place, document.error().text);
    return {std::nullopt, problems.take()};
  }
  Draft draft;
  check_top_level(*document, problems);
  read_cluster(*document, draft, problems);
  read_nodes(*document, draft, problems);
  read_resources(*document, draft, problems);
  read_notify(*document, draft, problems);
  check_nodes(draft, problems);
  check_dependencies(draft, problems);
  check_claims(draft, problems);
  check_guards(draft, problems);
  check_likely_mistakes(draft, problems);
  ReadOutcome out;
  if (!problems.has_errors()) out.config = finished(draft);
  out.problems = problems.take();
  return out;
}

ReadOutcome read_config_file(const std::string& path) {
  const auto unreadable = [&] {
    return refused(path, format("cannot be read: {}; it must be a file that this user may read", std::strerror(errno)));
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  if (!file) return unreadable();
  std::string text(largest_file + 1, '\0');
  const std::size_t got = std::fread(text.data(), 1, text.size(), file.get());
  if (std::ferror(file.get()) != 0) return unreadable();
  text.resize(got);
  return read_config(text, path);
}

}  // namespace holdfast::config
