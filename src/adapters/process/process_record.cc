#include "adapters/process/process_record.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/format.h"

namespace holdfast {
namespace {

/// The beginning of a small file; empty if it cannot be read.
std::string read_small_file(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::array<char, 1024> buffer{};
  const ssize_t got = read(file, buffer.data(), buffer.size());
  close(file);
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string{};
}

}  // namespace

std::string process_record_path(const std::string& run_directory, const std::string& resource) {
  std::string name = resource;
  for (char& c : name)
    if (c == '/' || c == '\0') c = '_';
  if (name.empty() || name.front() == '.') name.insert(0, "_");
  return run_directory + "/process/" + name;
}

std::optional<ProcessIdentity> read_process_record(const std::string& path) {
  const std::string text = read_small_file(path.c_str());
  long pid = 0;
  std::uint64_t ticks = 0;
  if (std::sscanf(text.c_str(), "%ld %" SCNu64, &pid, &ticks) != 2 || pid <= 1) return std::nullopt;
  return ProcessIdentity{static_cast<pid_t>(pid), ticks};
}

Result<void> write_process_record(const std::string& path, const ProcessIdentity& identity) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  const std::string temporary = path + ".new";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return failure(format("cannot write {}: {}", temporary, std::strerror(errno)));
  const std::string text = format("{} {}\n", identity.pid, identity.start_ticks);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool closed = close(file) == 0;
  if (!written || !closed || rename(temporary.c_str(), path.c_str()) != 0)
    return failure(format("cannot write {}: {}", path, std::strerror(errno)));
  return {};
}

std::optional<ProcessEntry> look_up_process(pid_t pid) {
  const std::string text = read_small_file(format("/proc/{}/stat", pid).c_str());
  // The command stands in brackets and may hold brackets and blanks itself: count from the last one.
  const std::size_t bracket = text.rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  char state = 0;
  int group = 0;
  int session = 0;
  ProcessEntry out;
  out.identity.pid = pid;
  const int fields = std::sscanf(text.c_str() + bracket + 1,
                                 " %c %*d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %" SCNu64,
                                 &state, &group, &session, &out.identity.start_ticks);
  if (fields != 4) return std::nullopt;
  out.group = group;
  out.session = session;
  out.ended = state == 'Z' || state == 'X';
  return out;
}

bool is_alive(const ProcessIdentity& identity) {
  const auto entry = look_up_process(identity.pid);
  return entry && !entry->ended && entry->identity == identity;
}

std::vector<ProcessIdentity> living_members(pid_t leader) {
  std::vector<ProcessIdentity> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder{opendir("/proc"), &closedir};
  while (folder) {
    const dirent* entry = readdir(folder.get());
    if (entry == nullptr) break;
    const long pid = std::strtol(entry->d_name, nullptr, 10);
    if (pid <= 1) continue;
    const auto process = look_up_process(static_cast<pid_t>(pid));
    if (process && !process->ended && (process->group == leader || process->session == leader))
      out.push_back(process->identity);
  }
  return out;
}

}  // namespace holdfast
