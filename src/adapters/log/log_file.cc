#include "adapters/log/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/format.h"

namespace holdfast::logging {

LogFile::LogFile(std::filesystem::path file, std::function<void(const std::string&)> complain)
    : file_(std::move(file)), complain_(std::move(complain)) {}

LogFile::~LogFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void LogFile::append(std::string_view line) {
  if (!reopen_if_moved()) return lost(errno);
  std::string bytes = torn_ ? "\n" : "";
  bytes += line;
  bytes += '\n';
  if (!write_whole(bytes)) return lost(errno);
  torn_ = false;
  if (lost_ != 0) complain_(format("{} is written again; {} lines were lost", file_.string(), lost_));
  lost_ = 0;
}

void LogFile::sync() {
  if (descriptor_ >= 0) ::fdatasync(descriptor_);  // for last words: nobody is left to be told that it failed
}

bool LogFile::reopen_if_moved() {
  struct stat found {};
  const bool is_there = ::stat(file_.c_str(), &found) == 0;
  if (descriptor_ >= 0 && is_there && found.st_dev == device_ && found.st_ino == inode_) return true;
  if (descriptor_ >= 0) ::close(descriptor_);
  torn_ = false;
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
  if (descriptor_ < 0 || ::fstat(descriptor_, &found) != 0) return false;
  device_ = found.st_dev;
  inode_ = found.st_ino;
  return true;
}

bool LogFile::write_whole(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    torn_ = true;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void LogFile::lost(int wrong) {
  if (lost_++ == 0)
    complain_(
        format("cannot write {}: {}; going on without it", file_.string(), std::generic_category().message(wrong)));
}

}  // namespace holdfast::logging
