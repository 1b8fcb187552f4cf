#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>

#include "agents/probe/endpoint.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view question = "GET / HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n";
constexpr std::string_view wanted = "HTTP/1.1 200 ";

bool await(int socket, short events, Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  pollfd entry{socket, events, 0};
  return left > 0 && ::poll(&entry, 1, static_cast<int>(left)) > 0;
}

/// The first bytes of the answer.
Result<std::string> answer_of(const SocketAddress& address, Clock::time_point until) {
  const Descriptor socket{::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket) return failure(std::strerror(errno));
  if (connect(socket.get(), address.get(), address.length) != 0 && errno != EINPROGRESS)
    return failure(std::strerror(errno));
  if (!await(socket.get(), POLLOUT, until)) return failure("no connection in time");
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return failure(std::strerror(error));
  if (send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(question.size()))
    return failure(std::strerror(errno));
  std::string text;
  std::array<char, 512> buffer{};
  while (text.size() < wanted.size()) {
    if (!await(socket.get(), POLLIN, until)) return failure("no answer in time");
    const ssize_t got = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return failure("the connection was closed without an answer");
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

Result<void> ask(const Endpoint& endpoint, int limit_millis) {
  const auto until = Clock::now() + std::chrono::milliseconds{limit_millis};
  const auto addresses = addresses_of(endpoint, Side::ask);
  if (!addresses) return tl::unexpected(addresses.error());
  for (const SocketAddress& address : *addresses) {
    // Of all addresses one family may be switched off here; then nobody can ask there either.
    const bool may_miss = endpoint.address.empty() && address.family() == AF_INET6;
    const auto answer = answer_of(address, until);
    const bool missing = !answer && (answer.error().text == std::strerror(EADDRNOTAVAIL) ||
                                     answer.error().text == std::strerror(EAFNOSUPPORT));
    if (may_miss && missing) continue;
    if (!answer) return failure(format("{} does not answer: {}", address.shown, answer.error().text));
    if (!answer->starts_with(wanted)) return failure(format("{} is answered by another program", address.shown));
  }
  return {};
}

}  // namespace holdfast::agent
