#include "adapters/files/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>

#include "adapters/files/durable_file.h"
#include "base/format.h"

namespace holdfast::files {

namespace {

/// " (process 123)", or nothing if the holder has not written it yet.
std::string holder_of(const std::filesystem::path& file) {
  constexpr std::size_t longest = 64;
  const Result<std::optional<std::string>> text = read_file(file, longest);
  if (!text || !*text) return "";
  const std::string process = (*text)->substr(0, (*text)->find('\n'));
  const bool is_number =
      !process.empty() && std::all_of(process.begin(), process.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? format(" (process {})", process) : "";
}

}  // namespace

Result<InstanceLock> acquire_instance_lock(const std::filesystem::path& file) {
  if (file.has_parent_path() && ::mkdir(file.parent_path().c_str(), 0755) != 0 && errno != EEXIST)
    return tl::unexpected(system_error("cannot make folder", file.parent_path(), errno));
  // O_CLOEXEC: an agent that outlives the daemon must not hold the lock.
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!opened) return tl::unexpected(system_error("cannot open", file, errno));
  if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return failure(format("another holdfastd{} runs on this machine: it holds {}", holder_of(file), file.string()));
    return tl::unexpected(system_error("cannot lock", file, errno));
  }
  if (::ftruncate(opened.get(), 0) != 0) return tl::unexpected(system_error("cannot write", file, errno));
  if (const int wrong = detail::write_all(opened.get(), format("{}\n", ::getpid())); wrong != 0)
    return tl::unexpected(system_error("cannot write", file, wrong));
  return InstanceLock(std::move(opened));
}

}  // namespace holdfast::files
