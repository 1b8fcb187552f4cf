// What stands on a disk, and what it means for this node.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agents/disk/path.h"
#include "agents/disk/protocol.h"

namespace holdfast::agent::disk {

struct Standing {
  Keys keys;
  std::optional<Reservation> reservation;
};

enum class Holder : std::uint8_t { nobody, us, other_node, foreign };

/// Keys and reservation of one moment. The error is what the device answered instead.
tl::expected<Standing, Reply> look(Path& path);

Holder holder_of(const Standing& standing, const Self& self);
bool is_registered(const Standing& standing, const Self& self);
/// Each once; who holds the reservation is the first.
std::vector<Key> keys_of(const Standing& standing, const Self& self, Owner owner);

/// Of a device that answers so: one line.
std::string trouble_text(const Path& path, const Reply& reply);
/// The line for a disk with these foreign keys.
std::string foreign_text(const Path& path, const std::vector<Key>& foreign);

}  // namespace holdfast::agent::disk
