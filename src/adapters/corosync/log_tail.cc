#include "adapters/corosync/log_tail.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace holdfast::corosync {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestFile = 2U << 20;
constexpr std::uint64_t kMostAtOnce = 64U << 10;

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

std::string read_from(const std::string& path, std::uint64_t position) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(position));
  std::string bytes(kMostAtOnce, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

/// Corosync holds the file open for appending, so that it can be emptied but not moved.
void empty_if_large(const std::string& path) {
  if (size_of(path) <= kLargestFile) return;
  std::error_code ignored;
  fs::copy_file(path, path + ".1", fs::copy_options::overwrite_existing, ignored);
  fs::resize_file(path, 0, ignored);
}

}  // namespace

std::optional<std::string> foreign_packet_source(std::string_view line) {
  constexpr std::string_view kSign = "Unable to decrypt packet from ";
  const auto at = line.find(kSign);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view sender = line.substr(at + kSign.size());
  sender = sender.substr(0, sender.find(' '));
  const auto port = sender.rfind(':');
  if (port == std::string_view::npos || port == 0) return std::nullopt;
  return std::string(sender.substr(0, port));
}

LogTail::LogTail(std::string path) : path_(std::move(path)), position_(size_of(path_)) {}

std::vector<std::string> LogTail::new_lines() {
  empty_if_large(path_);
  const std::uint64_t size = size_of(path_);
  if (size < position_) position_ = 0;
  if (size - position_ > kMostAtOnce) position_ = size - kMostAtOnce;
  const std::string bytes = read_from(path_, position_);
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (auto end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n', start)) {
    lines.push_back(bytes.substr(start, end - start));
    start = end + 1;
  }
  position_ += start;
  return lines;
}

std::string last_line(const std::string& path) {
  const std::uint64_t size = size_of(path);
  std::string bytes = read_from(path, size > 4096 ? size - 4096 : 0);
  while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == ' ')) bytes.pop_back();
  const auto start = bytes.rfind('\n');
  return start == std::string::npos ? bytes : bytes.substr(start + 1);
}

void rotate_log(const std::string& path) {
  if (size_of(path) <= kLargestFile) return;
  std::error_code ignored;
  fs::rename(path, path + ".1", ignored);
}

bool RateLimit::allows(const std::string& key, Instant now) {
  const auto known = last_.find(key);
  if (known != last_.end() && now - known->second < kPause) return false;
  if (known == last_.end() && last_.size() >= kMostKeys) last_.clear();
  last_[key] = now;
  return true;
}

}  // namespace holdfast::corosync
