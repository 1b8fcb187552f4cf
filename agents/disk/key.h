// The key by which a node is known to a disk (K3): 8 bytes, most significant first.
//
//   0x4846 cccccccc nnnn
//     |        |     the node's id in its cluster, from 1
//     |        the cluster's identity (HOLDFAST_CLUSTER_ID)
//     "HF"
//
// So a key tells whose it is: this node's, that of another node of this cluster (which may be preempted, B2), or
// foreign (which never is).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

namespace holdfast::agent::disk {

struct Key {
  std::uint64_t value = 0;
  auto operator<=>(const Key&) const = default;
};

/// This node in its cluster, as the daemon tells it (B2).
struct Self {
  std::uint32_t cluster = 0;
  std::uint32_t node = 0;
  std::map<std::uint32_t, std::string> names;  ///< of the cluster's nodes
};

enum class Owner : std::uint8_t { us, other_node, foreign };

Key key_of(const Self& self);
Owner owner_of(Key key, const Self& self);
/// The node's id that a key of this cluster names.
std::uint32_t node_of(Key key);

/// As sg_persist takes it: 0x and 16 digits.
std::string to_text(Key key);
/// Of a key of this cluster: "node beta"; of a foreign one: the key itself.
std::string name_of(Key key, const Self& self);

}  // namespace holdfast::agent::disk
