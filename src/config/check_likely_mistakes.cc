// Warnings: what can be used, but is likely not meant.
#include <set>

#include "base/format.h"
#include "config/sections.h"
#include "config/words.h"

namespace holdfast::config {
namespace {

void check_single_link(const Draft& draft, Problems& problems) {
  if (draft.nodes.size() < 2) return;
  for (const DraftNode& node : draft.nodes)
    if (node.links.size() != 1 || !node.links_known) return;
  problems.warning(
      draft.nodes[0].links_place,
      "every node has a single link; a second one over another network keeps a broken cable from looking like "
      "a dead node (L1)");
}

void check_subnets(const Draft& draft, Problems& problems) {
  for (const DraftNode& node : draft.nodes)
    for (std::size_t j = 0; j < node.links.size(); ++j)
      for (std::size_t i = 0; i < j; ++i) {
        const DraftLink& a = node.links[i];
        const DraftLink& b = node.links[j];
        if (!a.address || !b.address || *a.address == *b.address || !looks_like_same_subnet(*a.address, *b.address))
          continue;
        problems.warning(
            b.place,
            format("{}: links {} ({}) and {} ({}) look like one subnet (equal in the first {} bits); links over "
                   "one network fail together (L1)",
                   node.shown, i, a.text, j, b.text, a.address->family == Family::ipv4 ? 24 : 64));
        break;  // one warning per link is enough
      }
}

void check_startup_wait(const Draft& draft, Problems& problems) {
  const ClusterConfig& s = draft.settings;
  if (s.engine != EngineKind::corosync || draft.nodes.size() < 2 || s.startup_wait >= known_within(s.detection)) return;
  problems.warning(
      draft.place_of("startup_wait"),
      format("[cluster]: startup_wait = {} is shorter than the {} after which detection = {} knows a silent node; "
             "a node that starts alone could act before it hears the others (O1)",
             show(s.startup_wait), show(known_within(s.detection)), s.detection.name));
}

void check_single_node(const Draft& draft, Problems& problems) {
  for (const DraftResource& r : draft.resources)
    if (r.nodes_known && r.config.nodes.size() == 1 && draft.nodes.size() > 1)
      problems.warning(r.nodes_place, format("{} has a single node ({}); no other node can take it over", r.shown,
                                             draft.nodes[r.config.nodes[0].value - 1].name));
}

/// Of a file system, by our own agent or Debian's; null: it has none.
const DraftParameter* mount_point_of(const DraftResource& r) {
  const bool is_ocf = r.config.agent.starts_with("ocf:") && r.config.agent.ends_with(":Filesystem");
  if (!is_ocf && r.config.agent != "filesystem") return nullptr;
  const auto found = r.parameters.find(is_ocf ? "directory" : "mount_point");
  return found == r.parameters.end() ? nullptr : &found->second;
}

bool depends_on(const Draft& draft, const DraftResource& r, const ResourceName& wanted, std::set<ResourceName>& seen) {
  for (const DraftDependency& d : r.depends_on) {
    if (d.name == wanted) return true;
    if (!seen.insert(d.name).second) continue;
    for (const DraftResource& below : draft.resources)
      if (below.config.name == d.name && depends_on(draft, below, wanted, seen)) return true;
  }
  return false;
}

/// R2: without a dependency their order is left open, and the lower one would cover or keep out the upper one.
void check_nested_mounts(const Draft& draft, Problems& problems) {
  for (const DraftResource& inner : draft.resources)
    for (const DraftResource& outer : draft.resources) {
      const DraftParameter* below = mount_point_of(inner);
      const DraftParameter* above = mount_point_of(outer);
      std::set<ResourceName> seen;
      if (below == nullptr || above == nullptr || !below->value.starts_with(above->value + "/") ||
          below->value.find_first_not_of('/', above->value.size()) == std::string::npos ||
          depends_on(draft, inner, outer.config.name, seen))
        continue;
      problems.warning(below->place,
                       format("{}: its mount point {} lies in that of {} (line {}), but it does not depend on it (R2)",
                              inner.shown, in_quotes(below->value), outer.shown, above->place.line));
    }
}

}  // namespace

void check_likely_mistakes(const Draft& draft, Problems& problems) {
  check_single_link(draft, problems);
  check_subnets(draft, problems);
  check_startup_wait(draft, problems);
  check_single_node(draft, problems);
  check_nested_mounts(draft, problems);
}

}  // namespace holdfast::config
