#include "runtime/config_agreement.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "core/knowledge.h"

namespace holdfast::runtime {

namespace {

/// A daemon of an older version tells its digest only.
ConfigStamp stamp_of(const MemberReport& report) {
  return report.stamp.digest == Digest{} ? ConfigStamp{0, report.own.config, {}} : report.stamp;
}

/// All members with one configuration.
struct Group {
  ConfigStamp stamp;
  std::vector<NodeId> members;  ///< ascending
};

bool came_from(const ConfigStamp& later, Digest earlier) {
  return std::find(later.lineage.begin(), later.lineage.end(), earlier) != later.lineage.end();
}

/// Both were changed live, from one that both know.
bool share_a_past(const ConfigStamp& a, const ConfigStamp& b) {
  return a.generation > 0 && b.generation > 0 &&
         (came_from(a, b.digest) || came_from(b, a.digest) ||
          std::any_of(a.lineage.begin(), a.lineage.end(), [&](Digest d) { return came_from(b, d); }));
}

}  // namespace

ConfigAgreement agree_on_config(const std::map<NodeId, MemberReport>& reports) {
  std::map<Digest, Group> groups;
  for (const auto& [node, report] : reports) {
    const ConfigStamp stamp = stamp_of(report);
    Group& group = groups[stamp.digest];
    if (group.members.empty() || stamp.generation > group.stamp.generation) group.stamp = stamp;
    group.members.push_back(node);
  }
  const auto best = std::max_element(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const Group& g) {
      return std::tuple(g.stamp.generation, g.members.size(), ~std::uint64_t{g.members.front().value});
    };
    return rank(a.second) < rank(b.second);
  });
  ConfigAgreement agreement{best->second.stamp, best->second.members.front(), {}, {}, {}};
  for (const auto& [digest, group] : groups) {
    if (digest == agreement.stamp.digest) continue;
    const bool behind = came_from(agreement.stamp, digest);
    const bool forked = !behind && share_a_past(agreement.stamp, group.stamp);
    for (const NodeId node : group.members) {
      const bool can_take = reports.at(node).feature_level >= 2;
      (!can_take ? agreement.different
       : behind  ? agreement.behind
       : forked  ? agreement.forked
                 : agreement.different)
          .insert(node);
    }
  }
  return agreement;
}

bool follows(const ConfigStamp& later, const ConfigStamp& earlier) {
  return later.generation > earlier.generation && came_from(later, earlier.digest);
}

bool is_later(const ConfigStamp& offered, const ConfigStamp* known, const ConfigStamp& own) {
  return follows(offered, own) && (known == nullptr || offered.generation > known->generation);
}

void take_later(DurableState& kept, const ConfigStamp& stamp, const ClusterConfig& before, const ClusterConfig& after,
                NodeId self) {
  kept.stamp = stamp;
  for (const auto& [name, resource] : before.resources) {
    const auto now = after.resources.find(name);
    if (now != after.resources.end() && core::runs_on(resource, self) && !core::runs_on(now->second, self))
      kept.left_here.insert(name);
  }
}

ConfigStamp stamp_of_file(const ConfigStamp& kept, Digest digest) {
  if (kept.digest == digest) return kept;
  const auto earlier = std::find(kept.lineage.begin(), kept.lineage.end(), digest);
  if (earlier == kept.lineage.end()) return {0, digest, {}};
  const auto later = static_cast<std::uint64_t>(kept.lineage.end() - earlier);
  return {kept.generation - std::min(later, kept.generation), digest, {kept.lineage.begin(), earlier}};
}

}  // namespace holdfast::runtime
