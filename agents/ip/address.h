// An IPv4 or IPv6 address with its prefix length, as in "10.0.0.1/24".
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace holdfast::agent {

enum class Family : std::uint8_t { ipv4, ipv6 };

struct IpAddress {
  Family family = Family::ipv4;
  std::array<std::uint8_t, 16> bytes{};  ///< network order; IPv4 uses the first 4
  std::uint8_t prefix = 0;
  std::string text;  ///< without the prefix, in the standard spelling

  std::size_t size() const { return family == Family::ipv4 ? 4 : 16; }
  /// AF_INET or AF_INET6.
  int family_number() const;
};

/// Parses "address/prefix". An error tells what is allowed.
Result<IpAddress> parse_cidr(const std::string& text);
/// Parses an address without prefix; the prefix is the whole length.
Result<IpAddress> parse_address(const std::string& text);

}  // namespace holdfast::agent
