// The packets of neighbours.h as bytes, below the Ethernet header. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agents/ip/rtnetlink.h"

namespace holdfast::agent {

/// A packet and the MAC address that it goes to.
struct Packet {
  MacAddress to{};
  std::vector<std::uint8_t> bytes;
};

enum class ArpForm : std::uint8_t { request, reply };

/// "Who has `address`?" from nobody: neither an ARP cache nor a neighbour table learns from it.
Packet question(const IpAddress& address, const MacAddress& own);
/// Unasked: "`address` is at `own`". For IPv6 `form` makes no difference.
Packet announcement(const IpAddress& address, const MacAddress& own, ArpForm form);

/// How another machine speaks of an address.
enum class Claim : std::uint8_t {
  holds,
  asks,  ///< it checks for duplicates itself, and is about to bring the address up
};

struct Rival {
  MacAddress mac{};
  Claim claim = Claim::holds;
  bool operator==(const Rival&) const = default;
};

/// Who in this packet holds `address` or is about to; none if nobody. `link_sender` is the sender in the link-layer
/// header.
std::optional<Rival> rival_in(const IpAddress& address, std::span<const std::uint8_t> bytes,
                              const MacAddress& link_sender);

}  // namespace holdfast::agent
