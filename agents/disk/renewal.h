// One look of the watch at one path, with the renewal (K3, B2). Pure but for the commands.
#pragma once

#include <string>

#include "agents/disk/take.h"

namespace holdfast::agent::disk {

enum class Found : std::uint8_t {
  held,  ///< ours, and this path is registered
  lost,  ///< taken from this node: nothing of it may write any more
  open,  ///< it does not answer, or says nothing sensible; the disk itself guards meanwhile
};

struct Finding {
  Found found = Found::open;
  std::string text;  ///< of anything but held: why
};

/// A path that is not registered (new, or known to the device as another one since a login) is registered if the
/// reservation is ours. A disk that has forgotten everything, as some do without power, is reserved again: its
/// generation is 0 then, and it is not if anybody has been there since.
Finding renew(Path& path, const Claim& claim);

}  // namespace holdfast::agent::disk
