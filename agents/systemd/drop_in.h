// A drop-in of a unit in /run, that keeps systemd from acting behind Holdfast's back while the unit is in service here
// (K4): it does not restart it by itself, and a shutdown of the machine stops Holdfast first, which stops the unit in
// order. Gone with the boot. Source: systemd.unit(5).
#pragma once

#include <string>

#include "base/result.h"

namespace holdfast::agent {

enum class DropIn : std::uint8_t { unchanged, changed };

/// Writes it, whole or not at all. `changed`: systemd must reload its units before it counts.
Result<DropIn> put_drop_in(const std::string& unit);
/// Removes it. None is well, too: `unchanged`.
DropIn remove_drop_in(const std::string& unit);
bool has_drop_in(const std::string& unit);

}  // namespace holdfast::agent
