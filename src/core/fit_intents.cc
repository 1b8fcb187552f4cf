#include "core/fit_intents.h"

#include <algorithm>
#include <optional>

#include "core/hierarchy.h"
#include "core/knowledge.h"

namespace holdfast::core {

namespace {

bool belongs(const ResourceName& resource, std::size_t hierarchy, const Hierarchies& hierarchies) {
  const auto of = hierarchies.of.find(resource);
  return of != hierarchies.of.end() && of->second == hierarchy;
}

/// What `intent` says of one of the new hierarchies.
Intent part_of(Intent intent, std::size_t hierarchy, const Hierarchies& hierarchies) {
  const auto foreign = [&](const auto& entry) { return !belongs(entry.first, hierarchy, hierarchies); };
  std::erase_if(intent.wanted, foreign);
  std::erase_if(intent.unwanted, foreign);
  std::erase_if(intent.stops, foreign);
  std::erase_if(intent.recoveries, foreign);
  if (intent.takeover) {
    std::erase_if(intent.takeover->what,
                  [&](const ResourceName& name) { return !belongs(name, hierarchy, hierarchies); });
    if (intent.takeover->what.empty()) intent.takeover.reset();
  }
  return intent;
}

/// What is known of nodes that are configured no more is forgotten. None if it is wanted on such a node: that is
/// refused where it is asked for, so it is the intent of a side whose configuration was put aside (B8).
std::optional<Intent> without_removed_nodes(Intent intent, const ClusterConfig& config) {
  const auto removed = [&](NodeId node) { return config.node(node) == nullptr; };
  if (intent.home && removed(*intent.home)) {
    if (!intent.wanted.empty()) return std::nullopt;
    intent.home.reset();
  }
  // Likewise what may not run at its home any more, or stands on such: it goes on running, and nobody starts it there.
  if (intent.home)
    std::erase_if(intent.wanted, [&](const auto& entry) {
      return config.resources.contains(entry.first) && !can_run_on(config, entry.first, *intent.home);
    });
  for (auto& [name, nodes] : intent.stops) std::erase_if(nodes, [&](const auto& stop) { return removed(stop.first); });
  std::erase_if(intent.stops, [](const auto& entry) { return entry.second.empty(); });
  std::erase_if(intent.tried, removed);
  if (intent.going_home && removed(*intent.going_home)) intent.going_home.reset();
  if (intent.takeover && removed(intent.takeover->from)) intent.takeover.reset();
  return intent;
}

/// What runs says where, before what does not; then the newer one.
void join(Intent& known, Intent other) {
  const bool runs = !known.wanted.empty();
  if (runs != other.wanted.empty() ? known.version < other.version : !runs) std::swap(known, other);
  known.version = std::max(known.version, other.version);
  known.wanted.insert(other.wanted.begin(), other.wanted.end());
  known.unwanted.insert(other.unwanted.begin(), other.unwanted.end());
  known.recoveries.insert(other.recoveries.begin(), other.recoveries.end());
  for (const auto& [name, nodes] : other.stops) known.stops[name].insert(nodes.begin(), nodes.end());
  known.held = known.held || other.held;
}

}  // namespace

std::map<ResourceName, Intent> fit_intents(const std::map<ResourceName, Intent>& intents, const ClusterConfig& config,
                                           const Hierarchies& hierarchies) {
  std::map<ResourceName, Intent> result;
  for (const auto& [key, known] : intents) {
    const std::optional<Intent> kept = without_removed_nodes(known, config);
    if (!kept) continue;
    const Intent& intent = *kept;
    std::set<std::size_t> touched;
    const auto touch = [&](const ResourceName& name) {
      if (const auto of = hierarchies.of.find(name); of != hierarchies.of.end()) touched.insert(of->second);
    };
    touch(key);
    for (const auto& [name, attempt] : intent.wanted) touch(name);
    for (const auto& [name, nodes] : intent.stops) touch(name);
    for (const std::size_t hierarchy : touched) {
      const auto [place, added] =
          result.try_emplace(hierarchies.all[hierarchy].key, part_of(intent, hierarchy, hierarchies));
      if (!added) join(place->second, part_of(intent, hierarchy, hierarchies));
    }
  }
  for (auto& [key, intent] : result) {  // what is wanted needs what it stands on now
    const std::map<ResourceName, Version> wanted = intent.wanted;
    for (const auto& [name, attempt] : wanted)
      for (const ResourceName& below : with_dependencies(config, name)) intent.wanted.try_emplace(below, attempt);
    std::erase_if(intent.unwanted,
                  [&intent = intent](const auto& entry) { return intent.wanted.contains(entry.first); });
  }
  return result;
}

}  // namespace holdfast::core
