#include "agents/disk/key.h"

#include "base/format.h"

namespace holdfast::agent::disk {
namespace {

constexpr std::uint64_t mark = 0x4846;  // "HF"
constexpr int mark_shift = 48;
constexpr int cluster_shift = 16;
constexpr std::uint64_t node_mask = 0xffff;

std::uint64_t family_of(const Self& self) { return mark << mark_shift | std::uint64_t{self.cluster} << cluster_shift; }

}  // namespace

Key key_of(const Self& self) { return Key{family_of(self) | (self.node & node_mask)}; }

Owner owner_of(Key key, const Self& self) {
  if (key == key_of(self)) return Owner::us;
  return (key.value & ~node_mask) == family_of(self) ? Owner::other_node : Owner::foreign;
}

std::uint32_t node_of(Key key) { return static_cast<std::uint32_t>(key.value & node_mask); }

std::string to_text(Key key) { return format("0x{:016x}", key.value); }

std::string name_of(Key key, const Self& self) {
  if (owner_of(key, self) == Owner::foreign) return "key " + to_text(key);
  const auto known = self.names.find(node_of(key));
  return known == self.names.end() ? format("node {}", node_of(key)) : "node " + known->second;
}

}  // namespace holdfast::agent::disk
