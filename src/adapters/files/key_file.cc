#include "adapters/files/key_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "adapters/files/durable_file.h"
#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::files {

namespace {

/// 0 or errno. At most 256 bytes are never given short (getrandom(2)).
int fill_randomly(std::string& key) {
  while (true) {
    const ssize_t got = ::getrandom(key.data(), key.size(), 0);
    if (got == static_cast<ssize_t>(key.size())) return 0;
    if (got < 0 && errno != EINTR) return errno;
  }
}

int write_key(int descriptor, std::string_view key) {
  if (::fchmod(descriptor, 0600) != 0) return errno;
  if (const int wrong = detail::write_all(descriptor, key); wrong != 0) return wrong;
  return ::fsync(descriptor) != 0 ? errno : 0;
}

}  // namespace

Result<void> create_key_file(const std::filesystem::path& file) {
  std::string key(key_size, '\0');
  if (const int wrong = fill_randomly(key); wrong != 0)
    return tl::unexpected(system_error("no random bytes for", file, wrong));
  const Descriptor opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!opened) {
    if (errno == EEXIST) return failure(format("{} exists already; a key is never overwritten", file.string()));
    return tl::unexpected(system_error("cannot create", file, errno));
  }
  int wrong = write_key(opened.get(), key);
  if (wrong == 0) wrong = detail::sync_folder_of(file);
  if (wrong == 0) return {};
  ::unlink(file.c_str());
  return tl::unexpected(system_error("cannot write", file, wrong));
}

Result<void> check_key_file(const std::filesystem::path& file, uid_t owner) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) {
    if (errno == ENOENT) return failure(format("key file {}: there is no such file", file.string()));
    return tl::unexpected(system_error("cannot read key file", file, errno));
  }
  const auto refuse = [&file](std::string why) { return failure(format("key file {}: {}", file.string(), why)); };
  if (!S_ISREG(found.st_mode)) return refuse("it is not a plain file");
  if (found.st_size != static_cast<off_t>(key_size))
    return refuse(format("it has {} bytes; a key has {}", found.st_size, key_size));
  if (found.st_uid != owner) return refuse(format("its owner is user {}; it must be {}", found.st_uid, owner));
  if (const mode_t mode = found.st_mode & 07777; mode != 0600 && mode != 0400)
    return refuse(format("its mode is {:04o}; it must be 0600", mode));
  return {};
}

Result<std::string> read_key_file(const std::filesystem::path& file, uid_t owner) {
  if (const Result<void> good = check_key_file(file, owner); !good) return tl::unexpected(good.error());
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::string key(key_size, '\0');
  const ssize_t got = opened ? ::read(opened.get(), key.data(), key.size()) : -1;
  if (got != static_cast<ssize_t>(key_size)) return tl::unexpected(system_error("cannot read key file", file, errno));
  return key;
}

}  // namespace holdfast::files
