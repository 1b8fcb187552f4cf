#include "adapters/files/journal_segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "adapters/files/durable_file.h"
#include "base/format.h"

namespace holdfast::files {

namespace {

constexpr mode_t file_mode = 0600;
constexpr mode_t folder_mode = 0700;
constexpr mode_t state_folder_mode = 0755;
constexpr std::string_view ending = ".journal";
constexpr std::size_t most_per_segment = 16;  ///< files, however small: a daemon that starts again and again

/// The number of <node>-<number>.journal, whatever the node's name is; 0: another file.
std::uint64_t number_in(const std::string& name) {
  if (!name.ends_with(ending)) return 0;
  const std::size_t dash = name.rfind('-');
  if (dash == std::string::npos) return 0;
  std::uint64_t number = 0;
  const char* end = name.data() + name.size() - ending.size();
  const auto [at, wrong] = std::from_chars(name.data() + dash + 1, end, number);
  return wrong == std::errc{} && at == end ? number : 0;
}

WallTime now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return WallTime{std::chrono::duration_cast<Millis>(since).count()};
}

}  // namespace

Result<std::vector<JournalSegment::Old>> JournalSegment::old_segments() const {
  std::vector<Old> old;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.folder, error)) {
    const std::uint64_t number = number_in(entry.path().filename().string());
    std::error_code unknown;
    if (number > 0) old.push_back({number, entry.file_size(unknown), entry.path()});
    if (number > 0 && unknown) old.back().bytes = 0;
  }
  if (error) return tl::unexpected(system_error("cannot read", settings_.folder, error.value()));
  std::sort(old.begin(), old.end(), [](const Old& a, const Old& b) { return a.number < b.number; });
  return old;
}

/// So that the new one finds its place within the limit.
void JournalSegment::drop_oldest(const std::vector<Old>& old) const {
  std::uintmax_t bytes = settings_.segment_bytes;
  for (const Old& one : old) bytes += one.bytes;
  std::size_t files = old.size() + 1;
  for (const Old& one : old) {
    if (bytes <= settings_.segments * settings_.segment_bytes && files <= settings_.segments * most_per_segment) return;
    std::error_code ignored;  // then there is one more
    std::filesystem::remove(one.path, ignored);
    bytes -= one.bytes;
    --files;
  }
}

Result<void> JournalSegment::room_for(std::size_t bytes) const {
  return settings_.reserve == 0 ? Result<void>() : check_room(settings_.folder, bytes, settings_.reserve);
}

Result<void> JournalSegment::begin() {
  file_ = Descriptor();
  records_ = whole_ = 0;
  dirty_ = false;
  for (const auto& [folder, mode] :
       {std::pair(settings_.folder.parent_path(), state_folder_mode), std::pair(settings_.folder, folder_mode)})
    if (!folder.empty() && ::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST)
      return tl::unexpected(system_error("cannot make folder", folder, errno));
  Result<std::vector<Old>> old = old_segments();
  if (!old) return tl::unexpected(old.error());
  settings_.head.segment = std::max(settings_.head.segment, old->empty() ? 0 : old->back().number) + 1;
  settings_.head.begun = now();
  drop_oldest(*old);
  const std::string header = wire::journal_header(settings_.head);
  if (Result<void> room = room_for(header.size()); !room) return room;
  std::string node = settings_.head.name;
  std::replace(node.begin(), node.end(), '/', '_');
  path_ = settings_.folder / format("{}-{:010}{}", node, settings_.head.segment, ending);
  file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_mode));
  if (!file_) return tl::unexpected(system_error("cannot write", path_, errno));
  new_ = true;
  return put(header);
}

Result<void> JournalSegment::put(std::string_view bytes) {
  dirty_ = true;
  if (const int wrong = detail::write_all(file_.get(), bytes); wrong != 0) {
    const Error error = system_error("cannot write", path_, wrong);
    (void)!::ftruncate(file_.get(), static_cast<off_t>(whole_));
    file_ = Descriptor();
    dirty_ = false;
    return tl::unexpected(error);
  }
  whole_ += bytes.size();
  return {};
}

Result<void> JournalSegment::append(const std::vector<std::string_view>& records) {
  if (!file_) return failure(format("{} is over", path_.string()));
  std::string bytes;
  for (const std::string_view record : records) bytes += wire::journal_record(++records_, record);
  if (Result<void> room = room_for(bytes.size()); !room) {
    file_ = Descriptor();
    return room;
  }
  return put(bytes);
}

void JournalSegment::sync() {
  if (!file_) return;
  dirty_ = false;
  (void)!::fdatasync(file_.get());
  if (std::exchange(new_, false)) (void)!detail::sync_folder_of(path_);
}

}  // namespace holdfast::files
