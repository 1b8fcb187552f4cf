#include "agents/probe/endpoint.h"

#include <arpa/inet.h>

#include <cstring>
#include <optional>

#include "base/format.h"

namespace holdfast::agent {
namespace {

std::optional<SocketAddress> parse(const std::string& text, int port) {
  SocketAddress out;
  auto* four = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (inet_pton(AF_INET, text.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(static_cast<std::uint16_t>(port));
    out.length = sizeof *four;
    out.shown = format("{}:{}", text, port);
    return out;
  }
  if (inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(static_cast<std::uint16_t>(port));
    out.length = sizeof *six;
    out.shown = format("[{}]:{}", text, port);
    return out;
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<SocketAddress>> addresses_of(const Endpoint& endpoint, Side side) {
  if (endpoint.address.empty()) {
    const bool listen = side == Side::listen;
    return std::vector{*parse(listen ? "0.0.0.0" : "127.0.0.1", endpoint.port),
                       *parse(listen ? "::" : "::1", endpoint.port)};
  }
  const auto one = parse(endpoint.address, endpoint.port);
  if (!one)
    return failure(format("parameter address = \"{}\": must be an IPv4 or IPv6 address without a prefix length",
                          endpoint.address));
  return std::vector{*one};
}

}  // namespace holdfast::agent
