#include <cerrno>
#include <cstring>

#include "agents/probe/endpoint.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr int backlog = 128;

/// This kernel has no such family, or it is switched off: the other one has to do.
bool is_missing_family(int error) { return error == EAFNOSUPPORT || error == EADDRNOTAVAIL; }

/// `error`: errno of what failed.
Result<Descriptor> listen_at(const SocketAddress& address, Absent absent, int& error) {
  Descriptor socket{::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const int on = 1;
  const auto set = [&](int level, int name) { return setsockopt(socket.get(), level, name, &on, sizeof on) == 0; };
  bool done = socket && set(SOL_SOCKET, SO_REUSEADDR);
  if (done && address.family() == AF_INET6) done = set(IPPROTO_IPV6, IPV6_V6ONLY);
  if (done && absent == Absent::allowed)
    done = address.family() == AF_INET6 ? set(IPPROTO_IPV6, IPV6_FREEBIND) : set(IPPROTO_IP, IP_FREEBIND);
  done = done && bind(socket.get(), address.get(), address.length) == 0 && listen(socket.get(), backlog) == 0;
  if (done) return socket;
  error = errno;
  if (error == EADDRINUSE) return failure(format("{} is in use on this node by another program", address.shown));
  return failure(format("cannot listen on {}: {}", address.shown, std::strerror(error)));
}

}  // namespace

Result<std::vector<Descriptor>> listen_on(const Endpoint& endpoint, Absent absent) {
  const auto addresses = addresses_of(endpoint, Side::listen);
  if (!addresses) return tl::unexpected(addresses.error());
  std::vector<Descriptor> out;
  for (const SocketAddress& address : *addresses) {
    int error = 0;
    auto listener = listen_at(address, absent, error);
    const bool may_miss = endpoint.address.empty() && address.family() == AF_INET6 && is_missing_family(error);
    if (!listener && may_miss) continue;
    if (!listener) return tl::unexpected(listener.error());
    out.push_back(std::move(*listener));
  }
  return out;
}

}  // namespace holdfast::agent
