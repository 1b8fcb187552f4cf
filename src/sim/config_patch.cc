#include "sim/config_patch.h"

#include <algorithm>
#include <type_traits>

namespace holdfast::sim {

namespace {

/// Calls `call(a's member, b's member, c's member)` for every described member of three equal types.
template <class T, class Call>
void each_member(T& a, const T& b, const T& c, Call&& call) {
  T::fields(a, [&](int number, const char*, auto& of_a) {
    using Member = std::remove_cvref_t<decltype(of_a)>;
    const Member* of_b = nullptr;
    const Member* of_c = nullptr;
    const auto find_in = [number](const Member*& found) {
      return [number, &found](int n, const char*, const auto& member) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Member>)
          if (n == number) found = &member;
      };
    };
    T::fields(b, find_in(of_b));
    T::fields(c, find_in(of_c));
    call(of_a, *of_b, *of_c);
  });
}

void patch_nodes(std::vector<NodeConfig>& nodes, const std::vector<NodeConfig>& before,
                 const std::vector<NodeConfig>& after) {
  const auto find = [](auto& all, NodeId id) {
    return std::find_if(all.begin(), all.end(), [&](const NodeConfig& n) { return n.id == id; });
  };
  for (const NodeConfig& node : before)
    if (find(after, node.id) == after.end()) std::erase_if(nodes, [&](const NodeConfig& n) { return n.id == node.id; });
  for (const NodeConfig& node : after) {
    const auto old = find(before, node.id);
    if (old != before.end() && *old == node) continue;
    if (const auto known = find(nodes, node.id); known != nodes.end())
      *known = node;
    else
      nodes.push_back(node);
  }
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

}  // namespace

ClusterConfig patched(ClusterConfig config, const ConfigPatch& patch) {
  each_member(config, patch.before, patch.after, [](auto& member, const auto& before, const auto& after) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (std::is_same_v<Member, std::vector<NodeConfig>>) {
      patch_nodes(member, before, after);
    } else if constexpr (std::is_same_v<Member, std::map<ResourceName, ResourceConfig>>) {
      for (const auto& [name, resource] : before)
        if (!after.contains(name)) member.erase(name);
      for (const auto& [name, resource] : after)
        if (!before.contains(name) || before.at(name) != resource) member[name] = resource;
    } else if (before != after) {
      member = after;
    }
  });
  return config;
}

}  // namespace holdfast::sim
