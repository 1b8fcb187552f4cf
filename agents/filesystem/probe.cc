#include "agents/filesystem/probe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "agents/filesystem/child.h"
#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr const char* test_file = ".holdfast-write-test";

Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

/// What a path walk finds is just this mount: nothing covers it, and its root can be read.
Answer look_at(const Settings& settings, const Mount& mount) {
  struct statx status {};
  if (statx(AT_FDCWD, mount.target.c_str(), AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_MNT_ID, &status) != 0)
    return failed(format("{}: {}", mount.target, std::strerror(errno)));
  if ((status.stx_mask & STATX_MNT_ID) != 0 && static_cast<int>(status.stx_mnt_id) != mount.id)
    return failed(format("{} is covered by another mount", mount.target));
  struct statvfs space {};
  if (statvfs(mount.target.c_str(), &space) != 0) return failed(format("{}: {}", mount.target, std::strerror(errno)));
  const FillLevel level = fill_level(space.f_blocks, space.f_bfree, space.f_bavail, space.f_files, space.f_ffree);
  const auto reached = [&](long limit) { return limit > 0 && level.per_cent >= limit; };
  if (!reached(settings.fill_warning) && !reached(settings.fill_error)) return {};
  const bool is_error = reached(settings.fill_error);
  const std::string text =
      format("{} is {} % full ({}; {} at {} %)", mount.target, level.per_cent, level.of, is_error ? "error" : "warning",
             is_error ? settings.fill_error : settings.fill_warning);
  return {is_error && settings.fill_fails ? ExitCode::generic : ExitCode::degraded, text};
}

/// A file without a name, where the file system has such: nothing is left behind.
Descriptor open_test_file(const std::string& folder, std::string& name) {
  Descriptor nameless{open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
  if (nameless || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return nameless;
  name = folder + "/" + test_file;
  return Descriptor{open(name.c_str(), O_CREAT | O_RDWR | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)};
}

Answer write_to(const Mount& mount) {
  std::string name;
  const Descriptor file = open_test_file(mount.target, name);
  std::array<char, 4096> block{};
  const bool good = file && write(file.get(), block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
                    fdatasync(file.get()) == 0;
  const int error = errno;
  if (!name.empty()) unlink(name.c_str());
  // Full is said by the fill level; it is no failure of the file system.
  if (good || error == ENOSPC || error == EDQUOT) return {};
  return failed(format("{} cannot be written to: {}", mount.target, std::strerror(error)));
}

/// In the journal, when it changes: the answer of a monitor that found the resource in service is read by nobody.
void tell_fill_level(const Settings& settings, const Answer& answer) {
  const std::string path = settings.record + ".fill";
  const bool is_error = answer.text.find("; error at") != std::string::npos;
  const std::string now = answer.code != ExitCode::degraded ? "" : is_error ? "error" : "warning";
  std::string before;
  std::getline(std::ifstream(path) >> std::ws, before);
  if (before == now) return;
  if (now.empty()) {
    unlink(path.c_str());
    return;
  }
  std::ofstream(path) << now << '\n';
  syslog(LOG_DAEMON | (is_error ? LOG_ERR : LOG_WARNING), "%s", answer.text.c_str());
}

}  // namespace

FillLevel fill_level(std::uint64_t blocks, std::uint64_t free, std::uint64_t available, std::uint64_t inodes,
                     std::uint64_t free_inodes) {
  const auto per_cent = [](std::uint64_t used, std::uint64_t all) {
    return all == 0 ? 0L : static_cast<long>((used * 100 + all - 1) / all);
  };
  const std::uint64_t used = blocks > free ? blocks - free : 0;
  const FillLevel space{per_cent(used, used + available), "space"};
  const FillLevel files{per_cent(inodes > free_inodes ? inodes - free_inodes : 0, inodes), "inodes"};
  return files.per_cent > space.per_cent ? files : space;
}

Answer probe(const Settings& settings, const Mount& mount) {
  const auto seen = in_child([&] { return look_at(settings, mount); }, std::nullopt, settings.record + ".probe");
  const Answer answer = seen.value_or(failed(format("{} does not answer", mount.target)));
  tell_fill_level(settings, answer);
  if (answer.code != ExitCode::success && answer.code != ExitCode::degraded) return answer;
  if (settings.write_test.count() == 0) return answer;
  const auto written = in_child([&] { return write_to(mount); }, settings.write_test, settings.record + ".write");
  if (!written)
    return failed(
        format("{}: a test of writing did not end within {} s", mount.target, settings.write_test.count() / 1000));
  return written->code == ExitCode::success ? answer : *written;
}

}  // namespace holdfast::agent
