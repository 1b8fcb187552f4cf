#include "unit/http/raw_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace holdfast::test {

RawClient::RawClient(const std::string& path) : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    throw std::runtime_error(path + ": " + std::strerror(errno));
}

RawClient::~RawClient() { hang_up(); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::say_no_more() { ::shutdown(descriptor_, SHUT_WR); }

void RawClient::hang_up() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

bool RawClient::receive() {
  pollfd wait{descriptor_, POLLIN, 0};
  char bytes[16384];
  if (end_ || ::poll(&wait, 1, 10000) != 1) return false;
  const ssize_t count = ::recv(descriptor_, bytes, sizeof(bytes), 0);
  if (count <= 0) {
    end_ = true;
    return false;
  }
  received_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::read_until(std::string_view text) {
  for (;;) {
    const std::size_t at = received_.find(text);
    if (at != std::string::npos) {
      std::string found = received_.substr(0, at + text.size());
      received_.erase(0, at + text.size());
      return found;
    }
    if (!receive()) return std::exchange(received_, {});
  }
}

std::string RawClient::read_answer() {
  std::string head = read_until("\r\n\r\n");
  const std::size_t field = head.find("Content-Length: ");
  if (field == std::string::npos) return head;
  const std::size_t length = std::strtoul(head.c_str() + field + 16, nullptr, 10);
  while (received_.size() < length && receive()) {
  }
  head += received_.substr(0, length);
  received_.erase(0, length);
  return head;
}

std::string RawClient::read_all() {
  while (receive()) {
  }
  return std::exchange(received_, {});
}

}  // namespace holdfast::test
