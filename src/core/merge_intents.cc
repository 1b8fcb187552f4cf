#include "core/merge_intents.h"

#include <algorithm>

#include "core/hierarchy.h"
#include "core/knowledge.h"

namespace holdfast::core {

namespace {

/// A stop is ordered where its node can hear it, and is struck off when it has succeeded, so what that node itself
/// knows of it counts: what others remember may be done with, and the resource started again since (F3, F5).
void keep_known_stops(std::map<ResourceName, Intent>& intents, const ViewSynced& view) {
  std::map<NodeId, const MemberReport*> reports;
  for (const MemberReport& report : view.reports) reports[report.own.node] = &report;
  const auto unknown_there = [&](const ResourceName& key, const ResourceName& name, NodeId node) {
    const auto report = reports.find(node);
    if (report == reports.end()) return false;
    const auto own = report->second->intents.find(key);
    if (own == report->second->intents.end()) return true;
    const auto stops = own->second.stops.find(name);
    return stops == own->second.stops.end() || !stops->second.contains(node);
  };
  for (auto& [key, intent] : intents) {
    for (auto& [name, nodes] : intent.stops)
      std::erase_if(nodes, [&unknown_there, &key = key, &name = name](const auto& stop) {
        return unknown_there(key, name, stop.first);
      });
    std::erase_if(intent.stops, [](const auto& entry) { return entry.second.empty(); });
  }
}

/// The same intent on two sides, of which one has gone on: what was recovered counts (F6).
void join(Intent& known, const Intent& other) {
  std::erase_if(known.tried, [&](NodeId node) { return !other.tried.contains(node); });  // it was whole there since
  for (const auto& [name, times] : other.recoveries) {
    std::set<WallTime> all(times.begin(), times.end());
    std::vector<WallTime>& ours = known.recoveries[name];
    all.insert(ours.begin(), ours.end());
    ours.assign(all.begin(), all.end());
  }
}

/// B8: with its side.
bool put_aside(const Intent& intent, const ClusterConfig& config) {
  return intent.home && config.node(*intent.home) == nullptr;
}

/// What is wanted of one hierarchy, by the last word of any side on each resource: since when, and since when no more.
struct LastWords {
  std::map<ResourceName, Version> wanted;
  std::map<ResourceName, Version> unwanted;

  void hear(const Intent& intent, const ClusterConfig& config) {
    for (const auto& [name, since] : intent.wanted)
      for (const ResourceName& below : with_dependencies(config, name)) wanted[below] = std::max(wanted[below], since);
    for (const auto& [name, since] : intent.unwanted) unwanted[name] = std::max(unwanted[name], since);
    std::erase_if(unwanted, [&](const auto& entry) {
      const auto since = wanted.find(entry.first);
      return since != wanted.end() && since->second >= entry.second;
    });
  }
};

/// O1, O2: the side that decided last where the hierarchy goes may not know what the other one began or ended
/// meanwhile.
void take_last_words(const ClusterState& state, const ResourceName& key, Intent& intent, const ViewSynced& view) {
  LastWords words;
  bool differ = false;
  for (const MemberReport& report : view.reports) {
    const auto told = report.intents.find(key);
    if (told == report.intents.end() || put_aside(told->second, *state.config)) continue;
    differ = differ || told->second.version != intent.version;
    words.hear(told->second, *state.config);
  }
  if (!differ || !intent.home) return;
  const NodeId home = *intent.home;
  intent.unwanted = words.unwanted;
  std::set<ResourceName> ended;  // with what stands above it
  for (const auto& [name, since] : words.unwanted)
    for (const ResourceName& above : with_dependents(*state.config, *state.hierarchies, name)) ended.insert(above);
  for (const auto& [name, attempt] : words.wanted)
    if (!ended.contains(name) && can_run_on(*state.config, name, home)) intent.wanted.try_emplace(name, attempt);
  for (const ResourceName& name : ended) {
    const bool stays = std::ranges::any_of(with_dependents(*state.config, *state.hierarchies, name),
                                           [&](const ResourceName& above) { return may_hold(state, home, above); });
    if (stays) continue;  // R6: what runs there goes on
    const auto wanted = intent.wanted.find(name);
    if (wanted == intent.wanted.end()) continue;
    intent.unwanted.try_emplace(name, wanted->second);
    intent.wanted.erase(wanted);
  }
  std::erase_if(intent.unwanted, [&](const auto& entry) { return intent.wanted.contains(entry.first); });
}

}  // namespace

// The maps are sorted alike, so each report is one walk beside the result.
void merge_intents(ClusterState& state, const ViewSynced& view) {
  std::map<ResourceName, Intent> intents;
  state.last_version = 0;  // of the view's reports alone: a member's own past is not known to the others
  for (const MemberReport& report : view.reports) {
    auto known = intents.begin();
    for (const auto& [name, intent] : report.intents) {
      const bool aside = put_aside(intent, *state.config);
      while (known != intents.end() && known->first < name) ++known;
      if (known == intents.end() || known->first != name) {
        if (aside || !state.config->resources.contains(name)) continue;
        known = intents.emplace_hint(known, name, intent);
      } else if (!aside && known->second.version < intent.version) {
        known->second = intent;
      } else if (!aside && known->second.version == intent.version) {
        join(known->second, intent);
      }
      state.last_version = std::max(state.last_version, intent.version.counter);
    }
  }
  for (auto& [key, intent] : intents) take_last_words(state, key, intent, view);
  keep_known_stops(intents, view);
  state.intents = std::move(intents);
}

}  // namespace holdfast::core
