#include "agents/filesystem/users.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_listed = 5;

std::string link_of(const fs::path& path) {
  std::error_code error;
  const fs::path target = fs::read_symlink(path, error);
  return error ? std::string{} : target.string();
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

std::string first_line(const fs::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

/// One search through the process table.
class Search {
 public:
  Search(const std::vector<Mount>& mounts, std::optional<dev_t> device)
      : mounts_(mounts), device_(device), own_namespace_(link_of("/proc/self/ns/mnt")) {
    for (const Mount& mount : mounts) ids_.insert(mount.id);
    find_sockets();
  }

  /// How the process uses it; empty: not at all.
  std::string use_of(const fs::path& process) {
    const std::string its_namespace = link_of(process / "ns/mnt");
    if (its_namespace.empty()) return "";  // a kernel thread, or gone
    if (its_namespace != own_namespace_) return use_from_outside(process, its_namespace);
    for (const auto& [link, how] : {std::pair{"cwd", "working directory"}, {"root", "root directory"}})
      if (is_there(process / link)) return how;
    if (is_there(process / "exe")) return "program";
    if (std::string how = use_of_files(process); !how.empty()) return how;
    return maps(process, [this](const std::string&, const std::string& path) { return is_path_within(path); })
               ? "mapped file"
               : "";
  }

 private:
  bool is_path_within(const std::string& path) const {
    return path.starts_with('/') && std::any_of(mounts_.begin(), mounts_.end(), [&](const Mount& mount) {
             return mount.seen_by == 0 && is_within(path, mount.target);
           });
  }

  /// By its path first, which costs nothing and touches nothing; then exactly, where that cannot hang: the path may lie
  /// on what one of our mounts covers.
  bool is_there(const fs::path& link) const {
    const std::string path = link_of(link);
    if (!is_path_within(path)) return false;
    const bool may_hang =
        std::any_of(mounts_.begin(), mounts_.end(), [](const Mount& mount) { return is_network_type(mount.type); });
    struct statx status {};
    if (may_hang || statx(AT_FDCWD, link.c_str(), AT_STATX_DONT_SYNC, STATX_MNT_ID, &status) != 0 ||
        (status.stx_mask & STATX_MNT_ID) == 0)
      return true;
    return ids_.contains(static_cast<int>(status.stx_mnt_id));
  }

  /// The id of the mount stands in fdinfo: exact, and without touching the file.
  std::string use_of_files(const fs::path& process) const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(process / "fdinfo", error)) {
      std::ifstream in(entry.path());
      std::string word;
      int id = 0;
      while (in >> word && word != "mnt_id:") in.ignore(1024, '\n');
      if (in >> id && ids_.contains(id)) return "open file";
      if (!sockets_.empty() && sockets_.contains(link_of(process / "fd" / entry.path().filename()))) return "socket";
    }
    return "";
  }

  template <class Wanted>
  static bool maps(const fs::path& process, Wanted wanted) {
    std::ifstream in(process / "maps");
    std::string line;
    while (std::getline(in, line)) {
      std::istringstream fields(line);
      std::string range, rights, offset, device, node, path;
      fields >> range >> rights >> offset >> device >> node;
      std::getline(fields >> std::ws, path);
      if (!path.empty() && wanted(device, path)) return true;
    }
    return false;
  }

  /// In another mount namespace the same path may be another place: only the device counts.
  std::string use_from_outside(const fs::path& process, const std::string& its_namespace) {
    if (!device_ || !sees_device(process, its_namespace)) return "";
    const auto on_device = [this](const fs::path& path) {
      struct stat status {};
      return stat(path.c_str(), &status) == 0 && status.st_dev == *device_;
    };
    for (const auto& [link, how] :
         {std::pair{"cwd", "working directory"}, {"root", "root directory"}, {"exe", "program"}})
      if (on_device(process / link)) return how;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(process / "fd", error))
      if (on_device(entry.path())) return "open file";
    const std::string number = format("{:02x}:{:02x}", major(*device_), minor(*device_));
    return maps(process, [&](const std::string& of, const std::string&) { return of == number; }) ? "mapped file" : "";
  }

  bool sees_device(const fs::path& process, const std::string& its_namespace) {
    const auto [known, is_new] = seen_.emplace(its_namespace, false);
    if (!is_new) return known->second;
    const auto mounts = read_mounts(process / "mountinfo");
    known->second = mounts && std::any_of(mounts->begin(), mounts->end(),
                                          [this](const Mount& mount) { return mount.device == *device_; });
    return known->second;
  }

  /// A bound socket keeps its file system busy, and its descriptor does not tell where it is bound.
  void find_sockets() {
    std::ifstream in("/proc/net/unix");
    std::string line;
    while (std::getline(in, line)) {
      std::istringstream fields(line);
      std::string number, references, protocol, flags, type, state, node, path;
      fields >> number >> references >> protocol >> flags >> type >> state >> node;
      std::getline(fields >> std::ws, path);
      if (is_path_within(path)) sockets_.insert(format("socket:[{}]", node));
    }
  }

  const std::vector<Mount>& mounts_;
  std::optional<dev_t> device_;
  std::string own_namespace_;
  std::set<int> ids_;
  std::set<std::string> sockets_;
  std::map<std::string, bool> seen_;  ///< other mount namespaces: whether the device is mounted there
};

}  // namespace

std::vector<User> users_of(const std::vector<Mount>& mounts, std::optional<dev_t> device) {
  std::vector<User> out;
  Search search{mounts, device};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (!is_number(name)) continue;
    const auto pid = static_cast<pid_t>(std::strtol(name.c_str(), nullptr, 10));
    if (pid == getpid()) continue;
    const auto process = look_up_process(pid);
    if (!process || process->ended) continue;
    if (std::string how = search.use_of(entry.path()); !how.empty())
      out.push_back({process->identity, first_line(entry.path() / "comm"), std::move(how)});
  }
  return out;
}

bool is_protected(const User& user) {
  for (pid_t pid = getpid(); pid > 1;) {
    if (pid == user.process.pid) return true;
    std::ifstream in(format("/proc/{}/status", pid));
    std::string word;
    while (in >> word && word != "PPid:") in.ignore(1024, '\n');
    pid_t parent = 0;
    if (!(in >> parent)) break;
    pid = parent;
  }
  return user.process.pid == 1;
}

void send(const User& user, int signal) {
  const Descriptor process{static_cast<int>(syscall(SYS_pidfd_open, user.process.pid, 0))};
  // Held by its descriptor, the number cannot become another process's between look and signal.
  if (process && is_alive(user.process)) syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
}

std::string list_of(const std::vector<User>& users) {
  std::string out;
  for (std::size_t i = 0; i < users.size() && i < most_listed; ++i)
    out += format("{}{} ({}: {})", i == 0 ? "" : ", ", users[i].process.pid, users[i].name, users[i].how);
  if (users.size() > most_listed) out += format(" and {} more", users.size() - most_listed);
  return out;
}

}  // namespace holdfast::agent
