#include "agents/ip/ping.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>

#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int tries = 3;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const IpAddress& address) {
  SocketAddress out;
  if (address.family == Family::ipv4) {
    auto* in = reinterpret_cast<sockaddr_in*>(&out.storage);
    in->sin_family = AF_INET;
    std::memcpy(&in->sin_addr, address.bytes.data(), 4);
    out.length = sizeof *in;
  } else {
    auto* in = reinterpret_cast<sockaddr_in6*>(&out.storage);
    in->sin6_family = AF_INET6;
    std::memcpy(&in->sin6_addr, address.bytes.data(), 16);
    out.length = sizeof *in;
  }
  return out;
}

std::array<std::uint8_t, 8> echo_request(Family family, std::uint16_t id) {
  std::array<std::uint8_t, 8> out{};
  out[0] = family == Family::ipv4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
  out[4] = static_cast<std::uint8_t>(id >> 8U);
  out[5] = static_cast<std::uint8_t>(id & 0xffU);
  if (family == Family::ipv4) {  // the kernel fills in ICMPv6's
    const unsigned sum = (unsigned{out[0]} << 8U) + id;
    const unsigned folded = ~((sum & 0xffffU) + (sum >> 16U));
    out[2] = static_cast<std::uint8_t>((folded >> 8U) & 0xffU);
    out[3] = static_cast<std::uint8_t>(folded & 0xffU);
  }
  return out;
}

bool is_answer(Family family, std::span<const std::uint8_t> bytes, std::uint16_t id) {
  // A raw IPv4 socket gives the IP header too, an IPv6 one does not.
  std::size_t offset = 0;
  if (family == Family::ipv4) offset = bytes.empty() ? 0 : (bytes[0] & 0x0fU) * std::size_t{4};
  if (bytes.size() < offset + 8) return false;
  const auto message = bytes.subspan(offset);
  const auto reply = static_cast<std::uint8_t>(family == Family::ipv4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY);
  return message[0] == reply && message[4] == (id >> 8U) && message[5] == (id & 0xffU);
}

bool answer_comes(int socket, Family family, std::uint16_t id, Clock::time_point until) {
  std::array<std::uint8_t, 2048> buffer{};
  for (;;) {
    const auto left = std::chrono::ceil<Millis>(until - Clock::now());
    pollfd poll{socket, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&poll, 1, static_cast<int>(left.count())) <= 0) return false;
    const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
    if (got > 0 && is_answer(family, std::span(buffer).first(static_cast<std::size_t>(got)), id)) return true;
  }
}

}  // namespace

Result<bool> any_answers(const IpAddress& source, const std::vector<IpAddress>& targets, Millis wait) {
  for (const IpAddress& target : targets)
    if (target.family != source.family)
      return failure(format("ping: {} is of another address family than {}", target.text, source.text));
  const int protocol = source.family == Family::ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
  Descriptor socket{::socket(source.family_number(), SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol)};
  if (!socket) return failure(format("ping: {}", std::strerror(errno)));
  const SocketAddress own = socket_address(source);
  if (bind(socket.get(), own.get(), own.length) != 0)
    return failure(format("ping from {}: {}", source.text, std::strerror(errno)));
  const auto id = static_cast<std::uint16_t>(getpid());
  const auto request = echo_request(source.family, id);
  for (int i = 0; i < tries; ++i) {
    for (const IpAddress& target : targets) {
      const SocketAddress to = socket_address(target);
      // A target without a route is just one that does not answer.
      static_cast<void>(sendto(socket.get(), request.data(), request.size(), 0, to.get(), to.length));
    }
    if (answer_comes(socket.get(), source.family, id, Clock::now() + wait / tries)) return true;
  }
  return false;
}

}  // namespace holdfast::agent
