#include "core/fit_intents.h"

#include <algorithm>

#include "core/hierarchy.h"

namespace holdfast::core {

namespace {

bool belongs(const ResourceName& resource, std::size_t hierarchy, const Hierarchies& hierarchies) {
  const auto of = hierarchies.of.find(resource);
  return of != hierarchies.of.end() && of->second == hierarchy;
}

/// What `intent` says of one of the new hierarchies.
Intent part_of(Intent intent, std::size_t hierarchy, const ClusterConfig& config, const Hierarchies& hierarchies) {
  const auto foreign = [&](const auto& entry) { return !belongs(entry.first, hierarchy, hierarchies); };
  std::erase_if(intent.wanted, foreign);
  std::erase_if(intent.stops, foreign);
  std::erase_if(intent.recoveries, foreign);
  if (intent.takeover) {
    std::erase_if(intent.takeover->what,
                  [&](const ResourceName& name) { return !belongs(name, hierarchy, hierarchies); });
    if (intent.takeover->what.empty() || config.node(intent.takeover->from) == nullptr) intent.takeover.reset();
  }
  return intent;
}

/// What runs says where, before what does not; then the newer one.
void join(Intent& known, Intent other) {
  const bool runs = !known.wanted.empty();
  if (runs != other.wanted.empty() ? known.version < other.version : !runs) std::swap(known, other);
  known.version = std::max(known.version, other.version);
  known.wanted.insert(other.wanted.begin(), other.wanted.end());
  known.recoveries.insert(other.recoveries.begin(), other.recoveries.end());
  for (const auto& [name, nodes] : other.stops) known.stops[name].insert(nodes.begin(), nodes.end());
  known.held = known.held || other.held;
}

}  // namespace

std::map<ResourceName, Intent> fit_intents(const std::map<ResourceName, Intent>& intents, const ClusterConfig& config,
                                           const Hierarchies& hierarchies) {
  std::map<ResourceName, Intent> result;
  for (const auto& [key, intent] : intents) {
    std::set<std::size_t> touched;
    const auto touch = [&](const ResourceName& name) {
      if (const auto of = hierarchies.of.find(name); of != hierarchies.of.end()) touched.insert(of->second);
    };
    touch(key);
    for (const auto& [name, attempt] : intent.wanted) touch(name);
    for (const auto& [name, nodes] : intent.stops) touch(name);
    for (const std::size_t hierarchy : touched) {
      const auto [place, added] =
          result.try_emplace(hierarchies.all[hierarchy].key, part_of(intent, hierarchy, config, hierarchies));
      if (!added) join(place->second, part_of(intent, hierarchy, config, hierarchies));
    }
  }
  for (auto& [key, intent] : result) {  // what is wanted needs what it stands on now
    const std::map<ResourceName, Version> wanted = intent.wanted;
    for (const auto& [name, attempt] : wanted)
      for (const ResourceName& below : with_dependencies(config, name)) intent.wanted.try_emplace(below, attempt);
  }
  return result;
}

}  // namespace holdfast::core
