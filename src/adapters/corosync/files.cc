#include "adapters/corosync/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "adapters/corosync/process.h"
#include "base/format.h"

namespace holdfast::corosync {
namespace {

// Corosync's own limits (totem.keyfile): those of libknet.
constexpr std::size_t kShortestKey = 128;
constexpr std::size_t kLongestKey = 4096;

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

Result<void> write_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string temporary = path + ".new";
  unlink(temporary.c_str());  // an old one may have another mode
  const Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file || !write_all(file.get(), bytes) || rename(temporary.c_str(), path.c_str()) < 0)
    return failure(format("{} cannot be written: {}", path, std::strerror(errno)));
  return {};
}

Result<std::string> read_key(const std::string& path) {
  std::optional<std::string> key = read_file(path);
  if (!key) return failure(format("the cluster's key {} cannot be read: {}", path, std::strerror(errno)));
  if (key->size() < kShortestKey || key->size() > kLongestKey)
    return failure(format("the cluster's key {} has {} bytes; allowed are {} to {}", path, key->size(), kShortestKey,
                          kLongestKey));
  return *std::move(key);
}

}  // namespace holdfast::corosync
