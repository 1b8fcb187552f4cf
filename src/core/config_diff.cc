#include "core/config_diff.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/format.h"
#include "model/text.h"

namespace holdfast::core {

namespace {

using Settings = std::map<std::string, std::string>;

std::string shown(Millis time) {
  const auto count = time.count();
  return count % 1000 == 0 && count != 0 ? format("{}s", count / 1000) : format("{}ms", count);
}

/// Every setting below `value` with its text, by its dotted name. Parameters stand one by one.
template <class T>
void flatten(const T& value, const std::string& prefix, Settings& settings) {
  T::fields(value, [&](int, const char* name, const auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    const std::string key = prefix + name;
    if constexpr (std::is_same_v<Member, std::map<std::string, std::string>>) {
      for (const auto& [parameter, text] : member) settings[key + "." + parameter] = text_of(text);
    } else if constexpr (shape_of<Member> == Shape::fields) {
      flatten(member, key + ".", settings);
    } else if constexpr (shape_of<Member> == Shape::duration) {
      settings[key] = shown(member);
    } else {
      settings[key] = text_of(member);
    }
  });
}

std::string names_of(const std::vector<NodeId>& nodes, const ClusterConfig& config) {
  std::vector<std::string> names;
  for (const NodeId node : nodes) names.push_back(config.name_of(node));
  return text_of(names);
}

Settings settings_of(const NodeConfig& node, const ClusterConfig&) {
  Settings settings;
  flatten(node, "", settings);
  settings.erase("name");
  return settings;
}

Settings settings_of(const ResourceConfig& resource, const ClusterConfig& config) {
  Settings settings;
  flatten(resource, "", settings);
  settings.erase("name");
  settings["nodes"] = names_of(resource.nodes, config);
  return settings;
}

Settings settings_of(const ClusterConfig& config) {
  Settings settings;
  flatten(config, "", settings);
  settings.erase("nodes");
  settings.erase("resources");
  return settings;
}

/// Passwords stand in the parameters of fence agents, an SNMP community and tokens within addresses in receivers.
bool may_be_secret(std::string_view setting) {
  return setting == "fence" || setting.starts_with("fence.") || setting == "notify";
}

void compare(ChangeOf of, const std::string& name, const Settings& from, const Settings& to,
             std::vector<ConfigChange>& changes) {
  std::map<std::string, std::pair<std::string, std::string>> both;
  for (const auto& [setting, text] : from) both[setting].first = text;
  for (const auto& [setting, text] : to) both[setting].second = text;
  for (auto& [setting, texts] : both) {
    if (texts.first == texts.second) continue;
    if (may_be_secret(setting)) texts = {};
    changes.push_back({of, ChangeKind::changed, name, setting, texts.first, texts.second});
  }
}

void compare_nodes(const ClusterConfig& from, const ClusterConfig& to, std::vector<ConfigChange>& changes) {
  for (const NodeConfig& node : from.nodes) {
    const NodeConfig* next = to.node(node.name);
    if (next == nullptr)
      changes.push_back({ChangeOf::node, ChangeKind::removed, node.name, {}, text_of(node.links), {}});
    else
      compare(ChangeOf::node, node.name, settings_of(node, from), settings_of(*next, to), changes);
  }
  for (const NodeConfig& node : to.nodes)
    if (from.node(node.name) == nullptr)
      changes.push_back({ChangeOf::node, ChangeKind::added, node.name, {}, {}, text_of(node.links)});
}

void compare_resources(const ClusterConfig& from, const ClusterConfig& to, std::vector<ConfigChange>& changes) {
  std::map<ResourceName, std::pair<const ResourceConfig*, const ResourceConfig*>> both;
  for (const auto& [name, resource] : from.resources) both[name].first = &resource;
  for (const auto& [name, resource] : to.resources) both[name].second = &resource;
  for (const auto& [name, pair] : both) {
    const auto& [before, after] = pair;
    if (after == nullptr)
      changes.push_back({ChangeOf::resource, ChangeKind::removed, name.value, {}, before->agent, {}});
    else if (before == nullptr)
      changes.push_back({ChangeOf::resource, ChangeKind::added, name.value, {}, {}, after->agent});
    else
      compare(ChangeOf::resource, name.value, settings_of(*before, from), settings_of(*after, to), changes);
  }
}

std::string value_shown(const std::string& text) { return text.empty() ? "(none)" : text; }

}  // namespace

std::vector<ConfigChange> differences(const ClusterConfig& from, const ClusterConfig& to) {
  std::vector<ConfigChange> changes;
  compare(ChangeOf::cluster, {}, settings_of(from), settings_of(to), changes);
  compare_nodes(from, to, changes);
  compare_resources(from, to, changes);
  return changes;
}

std::string to_line(const ConfigChange& change) {
  const std::string subject = change.of == ChangeOf::cluster ? "cluster"
                              : change.of == ChangeOf::node  ? format("node {}", change.name)
                                                             : format("resource {}", change.name);
  const std::string what = change.of == ChangeOf::node ? "links" : "agent";
  if (change.kind == ChangeKind::added) return format("{}: added, {} {}", subject, what, change.to);
  if (change.kind == ChangeKind::removed) return format("{}: removed", subject);
  if (change.from.empty() && change.to.empty()) return format("{}: {} changed", subject, change.setting);
  return format("{}: {} {} -> {}", subject, change.setting, value_shown(change.from), value_shown(change.to));
}

}  // namespace holdfast::core
