// Interfaces and addresses of this node, by rtnetlink. Every call opens, asks once and closes. Source: rtnetlink(7).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "agents/ip/address.h"
#include "base/result.h"

namespace holdfast::agent {

using MacAddress = std::array<std::uint8_t, 6>;

/// "02:00:5e:10:00:01"
std::string to_text(const MacAddress& mac);

struct Interface {
  int index = 0;
  std::string name;
  bool up = false;        ///< switched on (IFF_UP)
  bool carrier = false;   ///< has a link (IFF_LOWER_UP)
  bool ethernet = false;  ///< speaks ARP and neighbour discovery; not so loopback and tunnels
  MacAddress mac{};
};

/// The interface of that name, or of that index if the name is empty; none if there is no such interface.
Result<std::optional<Interface>> find_interface(const std::string& name, int index = 0);

/// Where an address stands on this node.
struct Placement {
  int interface_index = 0;
  std::uint8_t prefix = 0;
};

/// None if no interface of this node has the address; its prefix length does not matter.
Result<std::optional<Placement>> find_address(const IpAddress& address);

/// IPv6 addresses are added without the kernel's own duplicate address detection: ours came first (K1).
Result<void> add_address(const IpAddress& address, int interface_index);
/// An address that is not there is no error.
Result<void> remove_address(const IpAddress& address, const Placement& placement);

}  // namespace holdfast::agent
