#include "agents/ip/packets.h"

#include <algorithm>

namespace holdfast::agent {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr MacAddress everybody{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
constexpr std::array<std::uint8_t, 16> all_nodes{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
constexpr std::uint8_t icmpv6 = 58;
constexpr std::uint8_t solicitation = 135;
constexpr std::uint8_t advertisement = 136;
constexpr std::size_t arp_size = 28;
constexpr std::size_t neighbour_message_size = 40 + 24;

// Not insert(): g++ 12 at -O3 takes its growth for an overrun.
void append(Bytes& out, std::span<const std::uint8_t> more) {
  for (const std::uint8_t byte : more) out.push_back(byte);
}

Bytes arp(ArpForm form, const MacAddress& own, std::span<const std::uint8_t> sender, const MacAddress& target_mac,
          std::span<const std::uint8_t> target) {
  Bytes out{0, 1, 8, 0, 6, 4, 0, static_cast<std::uint8_t>(form == ArpForm::request ? 1 : 2)};
  append(out, own);
  append(out, sender);
  append(out, target_mac);
  append(out, target);
  return out;
}

/// RFC 4443, 2.3: over the pseudo-header and the message.
std::uint16_t checksum(std::span<const std::uint8_t> source, std::span<const std::uint8_t> target,
                       std::span<const std::uint8_t> message) {
  std::uint32_t sum = static_cast<std::uint32_t>(message.size()) + icmpv6;
  const auto add = [&sum](std::span<const std::uint8_t> words) {
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
      sum += (static_cast<std::uint32_t>(words[i]) << 8U) | words[i + 1];
  };
  add(source);
  add(target);
  add(message);
  while (sum >> 16U) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

/// An IPv6 packet with hop limit 255, which neighbour discovery demands (RFC 4861, 7.1).
Bytes ipv6(std::span<const std::uint8_t> source, std::span<const std::uint8_t> target, Bytes message) {
  const std::uint16_t sum = checksum(source, target, message);
  message[2] = static_cast<std::uint8_t>(sum >> 8U);
  message[3] = static_cast<std::uint8_t>(sum & 0xffU);
  Bytes out{0x60, 0, 0, 0, 0, static_cast<std::uint8_t>(message.size()), icmpv6, 255};
  append(out, source);
  append(out, target);
  append(out, message);
  return out;
}

Packet solicit(const IpAddress& address) {
  const auto& b = address.bytes;
  const std::array<std::uint8_t, 16> nobody{};
  const std::array<std::uint8_t, 16> group{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, b[13], b[14], b[15]};
  Bytes message{solicitation, 0, 0, 0, 0, 0, 0, 0};
  append(message, b);
  return {{0x33, 0x33, 0xff, b[13], b[14], b[15]}, ipv6(nobody, group, std::move(message))};
}

Packet advertise(const IpAddress& address, const MacAddress& own) {
  constexpr std::uint8_t override_flag = 0x20;
  Bytes message{advertisement, 0, 0, 0, override_flag, 0, 0, 0};
  append(message, address.bytes);
  append(message, std::array<std::uint8_t, 2>{2, 1});  // option: target's link-layer address, 8 bytes long
  append(message, own);
  return {{0x33, 0x33, 0, 0, 0, 1}, ipv6(address.bytes, all_nodes, std::move(message))};
}

bool is_nobody(std::span<const std::uint8_t> address) {
  return std::ranges::all_of(address, [](std::uint8_t byte) { return byte == 0; });
}

/// RFC 5227, 2.1.1: any ARP packet with this sender address claims it, a request as well as a reply; a request for it
/// from nobody is the probe of another machine.
std::optional<Rival> rival_in_arp(std::span<const std::uint8_t> wanted, std::span<const std::uint8_t> bytes) {
  if (bytes.size() < arp_size) return std::nullopt;
  Rival out;
  std::ranges::copy(bytes.subspan(8, 6), out.mac.begin());
  const auto sender = bytes.subspan(14, 4);
  if (std::ranges::equal(sender, wanted)) return out;
  out.claim = Claim::asks;
  const bool request = bytes[6] == 0 && bytes[7] == 1;
  if (request && is_nobody(sender) && std::ranges::equal(bytes.subspan(24, 4), wanted)) return out;
  return std::nullopt;
}

/// RFC 4862, 5.4.3 and 5.4.4: an advertisement claims the address; a solicitation for it from the unspecified address
/// is the probe of another machine.
std::optional<Rival> rival_in_ipv6(std::span<const std::uint8_t> wanted, std::span<const std::uint8_t> bytes,
                                   const MacAddress& link_sender) {
  if (bytes.size() < neighbour_message_size || bytes[6] != icmpv6 || bytes[7] != 255) return std::nullopt;
  if (!std::ranges::equal(bytes.subspan(48, 16), wanted)) return std::nullopt;
  if (bytes[40] == advertisement) return Rival{link_sender, Claim::holds};
  if (bytes[40] == solicitation && is_nobody(bytes.subspan(8, 16))) return Rival{link_sender, Claim::asks};
  return std::nullopt;
}

}  // namespace

Packet question(const IpAddress& address, const MacAddress& own) {
  if (address.family == Family::ipv6) return solicit(address);
  const std::array<std::uint8_t, 4> nobody{};
  return {everybody, arp(ArpForm::request, own, nobody, MacAddress{}, std::span(address.bytes).first(4))};
}

Packet announcement(const IpAddress& address, const MacAddress& own, ArpForm form) {
  if (address.family == Family::ipv6) return advertise(address, own);
  const auto ours = std::span(address.bytes).first(4);
  return {everybody, arp(form, own, ours, form == ArpForm::request ? MacAddress{} : own, ours)};
}

std::optional<Rival> rival_in(const IpAddress& address, std::span<const std::uint8_t> bytes,
                              const MacAddress& link_sender) {
  const auto wanted = std::span(address.bytes).first(address.size());
  return address.family == Family::ipv4 ? rival_in_arp(wanted, bytes) : rival_in_ipv6(wanted, bytes, link_sender);
}

}  // namespace holdfast::agent
