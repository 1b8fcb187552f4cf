#include "adapters/files/config_file.h"

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <mutex>
#include <thread>
#include <utility>

#include "adapters/files/durable_file.h"
#include "base/format.h"

namespace holdfast::files {

namespace {

constexpr std::size_t largest_file = 4 * 1024 * 1024;
constexpr std::uint64_t kept = 20;

std::filesystem::path beside(const std::filesystem::path& file, const std::string& suffix) {
  std::filesystem::path path = file;
  path += "." + suffix;
  return path;
}

/// Of generations only; what was put aside for an operator stays.
void remove_old(const std::filesystem::path& file, const std::string& keep_as) {
  std::uint64_t generation = 0;
  const auto [end, error] = std::from_chars(keep_as.data(), keep_as.data() + keep_as.size(), generation);
  if (error != std::errc() || end != keep_as.data() + keep_as.size() || generation < kept) return;
  ::unlink(beside(file, std::to_string(generation - kept)).c_str());
}

}  // namespace

struct FileConfigFile::Shared {
  std::filesystem::path file;
  std::mutex mutex;
  std::function<void(std::function<void()>)> post;  ///< under mutex; empty when the object is gone
};

Result<void> replace_config_file(const std::filesystem::path& file, const std::string& text,
                                 const std::string& keep_as) {
  struct stat status {};
  const mode_t mode = ::stat(file.c_str(), &status) == 0 ? status.st_mode & 07777 : 0644;
  const Result<std::optional<std::string>> present = read_file(file, largest_file);
  if (!present) return tl::unexpected(present.error());
  if (*present && **present != text)
    if (Result<void> aside = replace_file(beside(file, keep_as), **present, mode); !aside) return aside;
  if (Result<void> replaced = replace_file(file, text, mode); !replaced) return replaced;
  remove_old(file, keep_as);
  return {};
}

FileConfigFile::FileConfigFile(std::filesystem::path file, std::function<void(std::function<void()>)> post)
    : shared_(std::make_shared<Shared>()) {
  shared_->file = std::move(file);
  shared_->post = std::move(post);
}

FileConfigFile::~FileConfigFile() {
  const std::lock_guard lock(shared_->mutex);
  shared_->post = nullptr;
}

Result<std::string> FileConfigFile::read() {
  Result<std::optional<std::string>> text = read_file(shared_->file, largest_file);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return failure(format("there is no file {}", shared_->file.string()));
  return std::move(**text);
}

void FileConfigFile::replace(std::string text, std::string keep_as, Written written) {
  std::thread([shared = shared_, text = std::move(text), keep_as = std::move(keep_as), written = std::move(written)] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    Result<void> result = replace_config_file(shared->file, text, keep_as);
    const std::lock_guard lock(shared->mutex);
    if (shared->post) shared->post([written, result = std::move(result)] { written(result); });
  }).detach();
}

}  // namespace holdfast::files
