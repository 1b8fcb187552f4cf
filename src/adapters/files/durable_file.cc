#include "adapters/files/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::files {

Error system_error(std::string_view what, const std::filesystem::path& file, int number) {
  return Error{format("{} {}: {}", what, file.string(), std::generic_category().message(number))};
}

namespace detail {

int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int sync_folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return errno;
  return 0;
}

}  // namespace detail

namespace {

/// 0 or errno. The bytes are on the disk, under the temporary name.
int write_new(const std::filesystem::path& file, std::string_view bytes, mode_t mode) {
  Descriptor opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!opened) return errno;
  if (::fchmod(opened.get(), mode) != 0) return errno;
  if (const int wrong = detail::write_all(opened.get(), bytes); wrong != 0) return wrong;
  return ::fsync(opened.get()) != 0 ? errno : 0;
}

}  // namespace

Result<void> check_room(const std::filesystem::path& folder, std::size_t bytes, std::size_t reserve) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0)
    return tl::unexpected(system_error("cannot look at the disk of", folder, errno));
  const std::uintmax_t free = std::uintmax_t{disk.f_bavail} * disk.f_frsize;
  if (free >= reserve + bytes) return {};
  return failure(format("only {} KiB are free on the disk of {}: what is left is for the state file", free / 1024,
                        folder.string()));
}

Result<void> replace_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode) {
  std::filesystem::path temporary = file;
  temporary += ".new";
  if (const int wrong = write_new(temporary, bytes, mode); wrong != 0) {
    ::unlink(temporary.c_str());
    return tl::unexpected(system_error("cannot write", temporary, wrong));
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) {
    const int wrong = errno;
    ::unlink(temporary.c_str());
    return tl::unexpected(system_error("cannot replace", file, wrong));
  }
  if (const int wrong = detail::sync_folder_of(file); wrong != 0)
    return tl::unexpected(system_error("cannot make durable", file, wrong));
  return {};
}

Result<std::optional<std::string>> read_file(const std::filesystem::path& file, std::size_t limit) {
  // O_NONBLOCK: a pipe in the file's place must not stop the daemon.
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) {
    if (errno == ENOENT) return std::nullopt;
    return tl::unexpected(system_error("cannot read", file, errno));
  }
  std::string bytes;
  std::array<char, 16384> part{};
  while (true) {
    const ssize_t got = ::read(opened.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(system_error("cannot read", file, errno));
    if (got == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    if (bytes.size() > limit) return failure(format("{} is longer than the {} bytes allowed", file.string(), limit));
  }
}

}  // namespace holdfast::files
