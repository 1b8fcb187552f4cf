#include "sim/partition.h"

#include <algorithm>

namespace holdfast::sim {

namespace {

using Nodes = std::vector<NodeId>;
using Connected = std::function<bool(NodeId, NodeId)>;

Nodes component_of(NodeId start, const Nodes& nodes, const Connected& connected) {
  Nodes found{start};
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const NodeId n : nodes)
      if (std::find(found.begin(), found.end(), n) == found.end() && connected(found[i], n)) found.push_back(n);
  std::sort(found.begin(), found.end());
  return found;
}

/// Takes whoever hears all taken so far, beginning with `first`, in the order of `nodes`.
Nodes clique_from(NodeId first, const Nodes& nodes, const Connected& connected) {
  Nodes taken{first};
  for (const NodeId n : nodes) {
    const bool fits = std::all_of(taken.begin(), taken.end(), [&](NodeId t) { return t != n && connected(t, n); });
    if (fits) taken.push_back(n);
  }
  std::sort(taken.begin(), taken.end());
  return taken;
}

Nodes best_clique(const Nodes& nodes, const Connected& connected) {
  Nodes best;
  for (const NodeId first : nodes) {
    Nodes clique = clique_from(first, nodes, connected);
    if (clique.size() > best.size() || (clique.size() == best.size() && clique < best)) best = std::move(clique);
  }
  return best;
}

Nodes without(const Nodes& nodes, const Nodes& taken) {
  Nodes rest;
  std::set_difference(nodes.begin(), nodes.end(), taken.begin(), taken.end(), std::back_inserter(rest));
  return rest;
}

}  // namespace

Partition partition_of(const Nodes& nodes, const Connected& connected, std::uint32_t variant) {
  Partition result;
  Nodes rest = nodes;
  while (!rest.empty()) {
    Nodes component = component_of(rest.front(), rest, connected);
    rest = without(rest, component);
    bool first = true;
    while (!component.empty()) {
      Nodes clique = first && variant != 0 ? clique_from(component[variant % component.size()], component, connected)
                                           : best_clique(component, connected);
      component = without(component, clique);
      if (!component.empty()) result.asymmetric = true;
      result.groups.push_back(std::move(clique));
      first = false;
    }
  }
  std::sort(result.groups.begin(), result.groups.end());
  return result;
}

}  // namespace holdfast::sim
