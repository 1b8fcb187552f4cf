#include "adapters/process/operation_group.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/format.h"

namespace holdfast {
namespace {

constexpr unsigned long sweep_every = 64;

/// Where cgroups of version 2 are mounted (proc(5), mountinfo); empty: nowhere.
std::string cgroup_mount() {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const std::size_t dash = line.find(" - cgroup2 ");
    if (dash == std::string::npos) continue;
    std::istringstream fields(line);
    std::string skipped;
    std::string mount;
    fields >> skipped >> skipped >> skipped >> skipped >> mount;
    return mount;
  }
  return {};
}

}  // namespace

std::string own_cgroup() {
  const std::string mount = cgroup_mount();
  std::ifstream memberships("/proc/self/cgroup");
  for (std::string line; !mount.empty() && std::getline(memberships, line);)
    if (line.starts_with("0::")) return line == "0::/" ? mount : mount + line.substr(3);
  return {};
}

OperationGroup::~OperationGroup() { rmdir(path_.c_str()); }

void OperationGroup::kill_all() const {
  const Descriptor file{openat(folder_.get(), "cgroup.kill", O_WRONLY | O_CLOEXEC)};
  if (file) [[maybe_unused]]
    const ssize_t written = write(file.get(), "1", 1);
}

OperationGroups::OperationGroups(const std::string& parent) {
  const std::string above = parent.empty() ? own_cgroup() : parent;
  if (above.empty()) return;
  const std::string folder = above + "/holdfast.operations";
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) return;
  if (access((folder + "/cgroup.kill").c_str(), W_OK) != 0) return;  // Linux before 5.14
  folder_ = folder;
  sweep();
}

/// Removes what is empty: rmdir refuses the others.
void OperationGroups::sweep() const {
  std::error_code error;
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error))
    if (entry.is_directory(error)) found.push_back(entry.path());
  for (const std::string& path : found) rmdir(path.c_str());
}

std::shared_ptr<OperationGroup> OperationGroups::make() {
  if (!available()) return nullptr;
  if (++made_ % sweep_every == 0) sweep();
  const std::string path = format("{}/{}-{}", folder_, getpid(), made_);
  if (mkdir(path.c_str(), 0755) != 0) return nullptr;
  Descriptor folder{open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder) {
    rmdir(path.c_str());
    return nullptr;
  }
  return std::make_shared<OperationGroup>(path, std::move(folder));
}

}  // namespace holdfast
