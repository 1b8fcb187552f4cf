#include "agents/ip/address.h"

#include <arpa/inet.h>

#include <charconv>

#include "base/format.h"

namespace holdfast::agent {

int IpAddress::family_number() const { return family == Family::ipv4 ? AF_INET : AF_INET6; }

Result<IpAddress> parse_address(const std::string& text) {
  IpAddress out;
  if (inet_pton(AF_INET, text.c_str(), out.bytes.data()) == 1) {
    out.family = Family::ipv4;
    out.prefix = 32;
  } else if (inet_pton(AF_INET6, text.c_str(), out.bytes.data()) == 1) {
    out.family = Family::ipv6;
    out.prefix = 128;
  } else {
    return failure(format("\"{}\" is not an IPv4 or IPv6 address", text));
  }
  char standard[INET6_ADDRSTRLEN] = {};
  inet_ntop(out.family_number(), out.bytes.data(), standard, sizeof standard);
  out.text = standard;
  return out;
}

Result<IpAddress> parse_cidr(const std::string& text) {
  const std::size_t slash = text.find('/');
  auto address = parse_address(text.substr(0, slash));
  if (!address) return address;
  if (slash == std::string::npos)
    return failure(format("\"{}\" lacks its prefix length, for example {}/24", text, text));
  const std::string digits = text.substr(slash + 1);
  unsigned prefix = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || end != digits.data() + digits.size() || prefix < 1 || prefix > address->size() * 8)
    return failure(format("\"{}\": prefix length must be from 1 to {}", text, address->size() * 8));
  address->prefix = static_cast<std::uint8_t>(prefix);
  return address;
}

}  // namespace holdfast::agent
