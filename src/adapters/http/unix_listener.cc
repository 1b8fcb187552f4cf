#include "adapters/http/unix_listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/format.h"

namespace holdfast::http {
namespace {

constexpr int backlog = 128;

int unix_socket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

/// ECONNREFUSED, and only that, proves that nobody listens.
bool somebody_listens(const sockaddr_un& address) {
  const int probe = unix_socket();
  if (probe < 0) return true;
  const int outcome = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  const bool refused = outcome != 0 && errno == ECONNREFUSED;
  ::close(probe);
  return !refused;
}

/// Makes room at the path, or says why not.
Result<void> clear_path(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return failure(format("{}: {}", path, std::strerror(errno)));
  }
  if (!S_ISSOCK(found.st_mode))
    return failure(format("{}: exists and is no socket; remove it or choose another path", path));
  if (somebody_listens(address)) return failure(format("{}: another process listens there already", path));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failure(format("{}: {}", path, std::strerror(errno)));
  return {};
}

}  // namespace

Result<UnixListener> UnixListener::open(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path))
    return failure(format("socket path \"{}\": must have 1 to {} bytes", path, sizeof(address.sun_path) - 1));
  std::memcpy(address.sun_path, path.data(), path.size());
  if (const Result<void> clear = clear_path(path, address); !clear) return tl::unexpected(clear.error());

  UnixListener listener(path, unix_socket());
  const auto failed = [&](const char* what) { return failure(format("{}: {}: {}", path, what, std::strerror(errno))); };
  if (listener.descriptor_ < 0) return failed("socket");
  // Linux gives the socket's file the mode of the descriptor, so there is no moment in which others may connect.
  if (::fchmod(listener.descriptor_, 0600) != 0) return failed("mode");
  if (::bind(listener.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return failed("bind");
  struct stat bound {};
  if (::lstat(path.c_str(), &bound) == 0) {
    listener.device_ = bound.st_dev;
    listener.inode_ = bound.st_ino;
  }
  if (::listen(listener.descriptor_, backlog) != 0) return failed("listen");
  return listener;
}

UnixListener::UnixListener(UnixListener&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      device_(other.device_),
      inode_(std::exchange(other.inode_, 0)) {}

UnixListener& UnixListener::operator=(UnixListener&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

UnixListener::~UnixListener() {
  struct stat found {};
  if (inode_ != 0 && ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_)
    ::unlink(path_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
}

int UnixListener::release() { return std::exchange(descriptor_, -1); }

}  // namespace holdfast::http
