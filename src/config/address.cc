#include "config/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "config/words.h"

namespace holdfast::config {
namespace {

int native(Family family) { return family == Family::ipv4 ? AF_INET : AF_INET6; }

}  // namespace

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::string copy(text);
  if (copy.size() != std::char_traits<char>::length(copy.c_str())) return std::nullopt;  // a NUL inside
  IpAddress out;
  out.family = copy.find(':') == std::string::npos ? Family::ipv4 : Family::ipv6;
  if (inet_pton(native(out.family), copy.c_str(), out.bytes.data()) != 1) return std::nullopt;
  return out;
}

std::optional<PrefixedAddress> parse_prefixed_address(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return PrefixedAddress{*address, std::nullopt};
  const std::string_view digits = text.substr(slash + 1);
  int prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  const int most = address->family == Family::ipv4 ? 32 : 128;
  if (error != std::errc{} || end != digits.data() + digits.size() || prefix < 0 || prefix > most) return std::nullopt;
  return PrefixedAddress{*address, prefix};
}

std::string show(const IpAddress& address) {
  char out[INET6_ADDRSTRLEN] = "";
  inet_ntop(native(address.family), address.bytes.data(), out, sizeof out);
  return out;
}

std::string_view show(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

std::string_view unusable_because(const IpAddress& a) {
  const auto zero_from = [&](std::size_t first, std::size_t end) {
    return std::all_of(a.bytes.begin() + first, a.bytes.begin() + end, [](std::uint8_t b) { return b == 0; });
  };
  if (a.family == Family::ipv4) {
    if (a.bytes[0] == 127) return "a loopback address";
    if (a.bytes[0] == 0) return "an address that means \"this network\"";
    if (a.bytes[0] >= 224 && a.bytes[0] <= 239) return "a multicast address";
    if (a.bytes[0] >= 240) return "a reserved or broadcast address";
    return "";
  }
  if (zero_from(0, 15)) return a.bytes[15] == 1 ? "a loopback address" : "the unspecified address";
  if (zero_from(0, 10) && a.bytes[10] == 0xff && a.bytes[11] == 0xff) return "an IPv4 address in IPv6 form";
  if (a.bytes[0] == 0xff) return "a multicast address";
  if (a.bytes[0] == 0xfe && (a.bytes[1] & 0xc0) == 0x80) return "a link-local address";
  return "";
}

bool looks_like_same_subnet(const IpAddress& a, const IpAddress& b) {
  const std::size_t bytes = a.family == Family::ipv4 ? 3 : 8;
  return a.family == b.family && std::equal(a.bytes.begin(), a.bytes.begin() + bytes, b.bytes.begin());
}

bool is_host_and_port(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  std::string host = text.substr(0, colon);
  const std::string port = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = parse_address(host);
  if (bracketed != (address && address->family == Family::ipv6)) return false;
  const bool digits = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  if (port.empty() || port.size() > 5 || !digits || std::stoi(port) < 1 || std::stoi(port) > 65535) return false;
  return address || is_name(host);
}

}  // namespace holdfast::config
