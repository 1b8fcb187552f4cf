#include "notify/paths.h"

#include "base/format.h"
#include "notify/wording.h"

namespace holdfast::notify {

/// Up if every end that is a member says so.
Paths::Found Paths::found_in(const ClusterState& state) {
  Found found;
  for (const NodeId member : state.members) {
    const auto node = state.nodes.find(member);
    if (node == state.nodes.end()) continue;
    for (const LinkFact& fact : node->second.facts.links) {
      const auto [path, first] =
          found.try_emplace({std::min(member, fact.peer), std::max(member, fact.peer), fact.link}, fact.up);
      if (!first) path->second = path->second && fact.up;
    }
  }
  return found;
}

std::string Paths::name_of(const ClusterConfig& config, const Path& path) {
  const auto address = [&](NodeId id) {
    const NodeConfig* node = config.node(id);
    const bool known = node != nullptr && path.link.value < node->links.size();
    return known ? " " + node->links[path.link.value] : std::string();
  };
  return format("{}{} - {}{}", config.name_of(path.low), address(path.low), config.name_of(path.high),
                address(path.high));
}

std::vector<Notification> Paths::take(const Event& event, const ClusterState& state) {
  if (!std::holds_alternative<LinksChanged>(event) && !std::holds_alternative<ViewSynced>(event)) return {};
  std::vector<std::string> down;
  std::vector<std::string> up;
  for (const auto& [path, is_up] : found_in(state)) {
    Seen& seen = seen_[path];
    const Seen before = seen;
    if (is_up)
      seen = Seen::up;
    else if (before == Seen::up)
      seen = Seen::down;
    if (before == Seen::down && seen == Seen::up) up.push_back(name_of(*state.config, path));
    if (before == Seen::up && seen == Seen::down) down.push_back(name_of(*state.config, path));
  }
  std::vector<Notification> all;
  const auto tell = [&](NotificationKind kind, Severity severity, const char* what, std::vector<std::string> paths) {
    if (paths.empty()) return;
    const char* plural = paths.size() == 1 ? "" : "s";
    all.push_back(make(state, kind, severity, format("communication path{} {}: {}", plural, what, some_of(paths))));
    for (std::string& path : paths) all.back().lines.push_back(format("{}: {} [L2]", path, what));
  };
  tell(NotificationKind::link_down, Severity::warning, "down", std::move(down));
  tell(NotificationKind::link_up, Severity::notify, "up", std::move(up));
  return all;
}

}  // namespace holdfast::notify
