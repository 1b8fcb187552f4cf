#include "adapters/files/state_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

#include "adapters/files/durable_file.h"
#include "adapters/files/framed.h"
#include "adapters/files/state_format.h"
#include "base/format.h"

namespace holdfast::files {

namespace {

constexpr mode_t file_mode = 0600;
constexpr mode_t folder_mode = 0755;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  return format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

StateFile::StateFile(std::filesystem::path file) : file_(std::move(file)) {}

Result<std::optional<DurableState>> StateFile::load() const {
  Result<std::optional<std::string>> bytes = read_file(file_, max_framed);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!*bytes) return std::nullopt;
  Result<DurableState> state = parse_state_file(**bytes);
  if (!state) return tl::unexpected(put_aside(state.error().text));
  return std::move(*state);
}

Error StateFile::put_aside(const std::string& why) const {
  constexpr int most_in_a_second = 100;
  const std::string name = file_.string() + ".damaged-" + utc_now();
  int wrong = 0;
  for (int i = 1; i <= most_in_a_second; ++i) {
    const std::string aside = i == 1 ? name : format("{}-{}", name, i);
    if (::renameat2(AT_FDCWD, file_.c_str(), AT_FDCWD, aside.c_str(), RENAME_NOREPLACE) == 0)
      return Error{format("{} is damaged: {}; put aside as {}", file_.string(), why, aside)};
    wrong = errno;
    if (wrong != EEXIST) break;
  }
  const Error rename = system_error("cannot put aside", file_, wrong);
  return Error{format("{} is damaged: {}; {}", file_.string(), why, rename.text)};
}

Result<void> StateFile::save(const DurableState& state) const {
  const std::string bytes = state_file_bytes(state);
  if (bytes.size() > max_framed)
    return failure(format("cannot write {}: {} bytes, {} are allowed", file_.string(), bytes.size(), max_framed));
  if (file_.has_parent_path() && ::mkdir(file_.parent_path().c_str(), folder_mode) != 0 && errno != EEXIST)
    return tl::unexpected(system_error("cannot make folder", file_.parent_path(), errno));
  return replace_file(file_, bytes, file_mode);
}

}  // namespace holdfast::files
