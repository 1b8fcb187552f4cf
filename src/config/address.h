// IP addresses as values. No name is ever looked up.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::config {

enum class Family : std::uint8_t { ipv4, ipv6 };

struct IpAddress {
  Family family = Family::ipv4;
  std::array<std::uint8_t, 16> bytes{};  ///< IPv4 uses the first four
  auto operator<=>(const IpAddress&) const = default;
};

/// An address with an optional `/prefix`, which must fit the family.
struct PrefixedAddress {
  IpAddress address;
  std::optional<int> prefix;  ///< 0 to 32 or 128
};

std::optional<IpAddress> parse_address(std::string_view text);
std::optional<PrefixedAddress> parse_prefixed_address(std::string_view text);

/// `host:port` or `[IPv6]:port`; the host is an address or a name.
bool is_host_and_port(const std::string& text);

/// The one usual form of it.
std::string show(const IpAddress& address);
std::string_view show(Family family);

/// Why no machine can be reached by it from another one: `a loopback address`, ...; empty if one can.
std::string_view unusable_because(const IpAddress& address);

/// Equal in the first 24 (IPv4) or 64 (IPv6) bits. The file does not tell the true prefix length.
bool looks_like_same_subnet(const IpAddress& a, const IpAddress& b);

}  // namespace holdfast::config
