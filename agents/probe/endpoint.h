// Socket addresses of an Endpoint.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "agents/probe/server.h"

namespace holdfast::agent {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  std::string shown;  ///< for messages: 10.0.0.1:8080, [::1]:8080
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

enum class Side : std::uint8_t { listen, ask };

/// Of all addresses, the listening side is the wildcard of each family, the asking side its loopback.
/// Error: not an IP address.
Result<std::vector<SocketAddress>> addresses_of(const Endpoint& endpoint, Side side);

}  // namespace holdfast::agent
