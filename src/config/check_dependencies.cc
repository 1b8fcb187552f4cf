// What resources say of each other: names, dependencies, hierarchies (R3).
#include <algorithm>
#include <map>
#include <set>

#include "base/format.h"
#include "config/sections.h"
#include "config/words.h"

namespace holdfast::config {
namespace {

using ByName = std::map<ResourceName, const DraftResource*>;

ByName check_names(const Draft& draft, Problems& problems) {
  ByName out;
  for (const DraftResource& r : draft.resources) {
    if (r.config.name.value.empty()) continue;
    const auto [first, is_new] = out.emplace(r.config.name, &r);
    if (!is_new)
      problems.error(r.place, format("{} stands twice, the first time in line {}; every resource has its own name",
                                     r.shown, first->second->place.line));
  }
  return out;
}

void check_known(const Draft& draft, const ByName& by_name, Problems& problems) {
  std::vector<std::string> names;
  for (const auto& [name, r] : by_name) names.push_back(name.value);
  for (const DraftResource& r : draft.resources)
    for (const DraftDependency& d : r.depends_on)
      if (!by_name.contains(d.name))
        problems.error(d.place,
                       format("{}: depends_on: {} is not a resource{}; allowed: the name of another [[resource]]",
                              r.shown, in_quotes(d.name.value), did_you_mean(d.name.value, names)));
}

/// Finds cycles by walking along the dependencies; each is told once.
class CycleSearch {
 public:
  CycleSearch(const ByName& by_name, Problems& problems) : by_name_(by_name), problems_(problems) {}

  /// Most resources are 1000, so the depth of the recursion is bounded.
  void visit(const DraftResource& r) {
    if (done_.contains(&r)) return;
    const auto on_path = std::find(path_.begin(), path_.end(), &r);
    if (on_path != path_.end()) {
      tell({on_path, path_.end()});
      return;
    }
    path_.push_back(&r);
    for (const DraftDependency& d : r.depends_on)
      if (const auto next = by_name_.find(d.name); next != by_name_.end()) visit(*next->second);
    path_.pop_back();
    done_.insert(&r);
  }

 private:
  void tell(const std::vector<const DraftResource*>& cycle) {
    std::string text;
    for (const DraftResource* r : cycle) text += format("\"{}\" (line {}) -> ", r->config.name.value, r->place.line);
    problems_.error(cycle.front()->place,
                    format("dependency cycle: {}\"{}\"; no resource may depend on itself, directly or through others",
                           text, cycle.front()->config.name.value));
  }

  const ByName& by_name_;
  Problems& problems_;
  std::vector<const DraftResource*> path_;
  std::set<const DraftResource*> done_;
};

/// The hierarchies: resources joined by dependencies, whatever their direction.
std::vector<std::vector<const DraftResource*>> hierarchies(const ByName& by_name) {
  std::map<const DraftResource*, std::vector<const DraftResource*>> joined;
  for (const auto& [name, r] : by_name)
    for (const DraftDependency& d : r->depends_on)
      if (const auto other = by_name.find(d.name); other != by_name.end()) {
        joined[r].push_back(other->second);
        joined[other->second].push_back(r);
      }
  std::vector<std::vector<const DraftResource*>> out;
  std::set<const DraftResource*> seen;
  for (const auto& [name, r] : by_name) {
    if (!seen.insert(r).second) continue;
    std::vector<const DraftResource*> members{r};
    for (std::size_t i = 0; i < members.size(); ++i)
      for (const DraftResource* next : joined[members[i]])
        if (seen.insert(next).second) members.push_back(next);
    std::sort(members.begin(), members.end(), [](auto* a, auto* b) { return a->place < b->place; });
    out.push_back(std::move(members));
  }
  return out;
}

std::string with_nodes(const Draft& draft, const DraftResource& r) {
  std::vector<std::string> names;
  for (const NodeId id : r.config.nodes) names.push_back(draft.nodes[id.value - 1].name);
  return format("{} (line {}; nodes: {})", r.shown, r.nodes_place.line, join(names));
}

bool share_a_node(const DraftResource& a, const DraftResource& b) {
  return std::any_of(a.config.nodes.begin(), a.config.nodes.end(), [&](NodeId id) {
    return std::find(b.config.nodes.begin(), b.config.nodes.end(), id) != b.config.nodes.end();
  });
}

/// Two members that exclude each other, or, if it takes more than two, all members.
std::vector<const DraftResource*> contradicting(const std::vector<const DraftResource*>& members) {
  for (std::size_t i = 0; i < members.size(); ++i)
    for (std::size_t j = i + 1; j < members.size(); ++j)
      if (!share_a_node(*members[i], *members[j])) return {members[i], members[j]};
  return members;
}

/// One hierarchy goes to one node (N4), so there must be one that all members may run on.
void check_shared_node(const Draft& draft, const std::vector<const DraftResource*>& members, Problems& problems) {
  if (std::any_of(members.begin(), members.end(), [](auto* r) { return !r->nodes_known; })) return;
  std::set<NodeId> shared(members[0]->config.nodes.begin(), members[0]->config.nodes.end());
  for (const DraftResource* r : members)
    std::erase_if(shared, [&](NodeId id) {
      return std::find(r->config.nodes.begin(), r->config.nodes.end(), id) == r->config.nodes.end();
    });
  if (!shared.empty() || draft.nodes.empty()) return;
  std::vector<std::string> shown;
  const auto named = contradicting(members);
  for (const DraftResource* r : named) shown.push_back(with_nodes(draft, *r));
  problems.error(
      named.back()->nodes_place,
      format("{} belong to one hierarchy by depends_on, but have no node in common; give them one, or take the "
             "dependency away",
             fmt::format("{}", fmt::join(shown, " and "))));
}

}  // namespace

void check_dependencies(const Draft& draft, Problems& problems) {
  const ByName by_name = check_names(draft, problems);
  check_known(draft, by_name, problems);
  CycleSearch search(by_name, problems);
  for (const DraftResource& r : draft.resources)
    if (by_name.contains(r.config.name) && by_name.at(r.config.name) == &r) search.visit(r);
  for (const auto& members : hierarchies(by_name)) check_shared_node(draft, members, problems);
}

}  // namespace holdfast::config
