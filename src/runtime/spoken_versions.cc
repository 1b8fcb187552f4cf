#include "runtime/spoken_versions.h"

#include <algorithm>

namespace holdfast::runtime {

bool SpokenVersions::heard(NodeId node, wire::VersionRange range) {
  const auto [known, first] = ranges_.try_emplace(node, range);
  if (first || known->second == range) return first;
  known->second = range;
  return true;
}

std::optional<wire::VersionRange> SpokenVersions::of(NodeId node) const {
  const auto found = ranges_.find(node);
  return found == ranges_.end() ? std::nullopt : std::optional(found->second);
}

bool SpokenVersions::Agreement::leaves_out(NodeId node) const {
  return std::find(left_out.begin(), left_out.end(), node) != left_out.end();
}

SpokenVersions::Agreement SpokenVersions::agree(const std::vector<NodeId>& group) const {
  Agreement agreement;
  for (const NodeId node : group) {
    const auto spoken = of(node);
    if (!spoken) continue;
    const wire::VersionRange narrowed = agreement.range.empty() ? *spoken : wire::shared(agreement.range, *spoken);
    if (narrowed.empty())
      agreement.left_out.push_back(node);
    else
      agreement.range = narrowed;
  }
  return agreement;
}

}  // namespace holdfast::runtime
