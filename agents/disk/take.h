// Taking a disk (B2), and giving it back.
#pragma once

#include <functional>
#include <set>

#include "agents/disk/path.h"
#include "agents/disk/standing.h"
#include "agents/ocf.h"
#include "base/time.h"

namespace holdfast::agent::disk {

/// Between two renewals of a holder (K3).
inline constexpr Millis renewal_interval{5000};

struct Claim {
  Self self;
  Type type = Type::write_exclusive;
  Lasting lasting = Lasting::no;
  /// Nodes that this node's daemon has been in one view with. The core knows what they have in service, so a start is a
  /// takeover from them. From another node that lives the disk is not taken: that is what a node that was reset would
  /// do which comes up and hears nobody (B2).
  std::set<std::uint32_t> met;
};

using Wait = std::function<void(Millis)>;

/// Registers every path and reserves; preempts other nodes of this cluster. `held_elsewhere`: a node lives that has it,
/// and was not met. A failure leaves no key of ours behind.
agent::Answer take(const Paths& paths, const Claim& claim, const Wait& wait);

/// Releases and unregisters over every path. A device that does not answer keeps the key until another node preempts
/// it; that is success with a text, since this node can write there only as long as nobody has taken it.
agent::Answer give_back(const Paths& paths, const Self& self, Type type);

/// Whether this is a disk with what we need, the same one over every path, without foreign keys. Success: it is.
agent::Answer suitable(const Paths& paths, const Self& self, Type type);

/// What names the unit behind a path (page 0x83), or "" if it has no name. Error: it does not answer, or is no disk.
Result<std::string> unit_of(Path& path);

/// What the device says it can keep over a loss of its power.
Lasting lasting_of(const Paths& paths);

}  // namespace holdfast::agent::disk
