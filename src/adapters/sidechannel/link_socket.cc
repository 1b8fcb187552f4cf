#include "adapters/sidechannel/link_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/format.h"

namespace holdfast::sidechannel {

namespace {
constexpr std::size_t largest_datagram = 64U << 10;
}

std::optional<LinkSocket::Address> LinkSocket::address_of(const std::string& text, std::uint32_t port) {
  Address address;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    std::memcpy(&address.bytes, &v4, sizeof v4);
    address.size = sizeof v4;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<std::uint16_t>(port));
    std::memcpy(&address.bytes, &v6, sizeof v6);
    address.size = sizeof v6;
  } else {
    return std::nullopt;
  }
  return address;
}

Result<LinkSocket> LinkSocket::open(const ClusterConfig& config, NodeId self, LinkIndex link, std::uint32_t port) {
  LinkSocket made;
  for (const NodeConfig& node : config.nodes) {
    const auto address = address_of(node.links[link.value], port);
    if (!address) return failure(format("\"{}\" is not an address", node.links[link.value]));
    made.peers_[node.id] = *address;
  }
  const Address own = made.peers_[self];
  made.peers_.erase(self);
  made.socket_ = Descriptor(socket(own.bytes.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  const int level = own.bytes.ss_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
  if (!made.socket_ ||
      setsockopt(made.socket_.get(), level, level == IPPROTO_IP ? IP_FREEBIND : IPV6_FREEBIND, &on, sizeof on) != 0 ||
      bind(made.socket_.get(), reinterpret_cast<const sockaddr*>(&own.bytes), own.size) != 0)
    return failure(format("UDP port {} of {}: {}", port, config.node(self)->links[link.value], std::strerror(errno)));
  return made;
}

void LinkSocket::send(NodeId peer, const std::string& datagram) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  sendto(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&found->second.bytes), found->second.size);
}

std::optional<std::string> LinkSocket::receive() {
  std::array<char, largest_datagram> bytes;
  // An error that an earlier datagram met (nobody listens there) comes here, too: twice at most, then it is gone.
  for (int tries = 0; tries < 3; ++tries) {
    const ssize_t size = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size >= 0) return std::string(bytes.data(), static_cast<std::size_t>(size));
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace holdfast::sidechannel
