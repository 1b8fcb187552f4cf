#include "agents/filesystem/source.h"

#include <libmount/libmount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/format.h"

namespace holdfast::agent {
namespace {

std::string device_record(const Settings& settings) { return settings.record + ".device"; }

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real{realpath(path.c_str(), nullptr), &std::free};
  return real ? std::string{real.get()} : std::string{};
}

/// The mount point itself is not followed: what is mounted there may hang.
std::string named_by_kernel(const Settings& settings, const std::vector<Mount>& mounts) {
  const std::string& given = settings.mount_point;
  if (!stack_at(mounts, given).empty()) return given;
  const std::filesystem::path path{given};
  const std::string folder = real_path(path.parent_path());
  if (folder.empty()) return given;
  return (folder == "/" ? "" : folder) + "/" + path.filename().string();
}

Result<Source> find_block_device(const Settings& settings) {
  std::string path = settings.device;
  if (const std::size_t equals = path.find('='); !path.starts_with('/')) {
    const std::string tag = path.substr(0, equals);
    const std::string value = path.substr(equals + 1);
    const std::unique_ptr<char, decltype(&std::free)> found{mnt_resolve_tag(tag.c_str(), value.c_str(), nullptr),
                                                            &std::free};
    if (!found) return failure(format("no device on this node has {}", settings.device));
    path = found.get();
  }
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return failure(format("device {}: {}", path, std::strerror(errno)));
  if (S_ISDIR(status.st_mode))
    return failure(format("device {} is a folder; options = \"bind\" mounts a folder", path));
  if (!S_ISBLK(status.st_mode)) return failure(format("device {} is not a block device", path));
  return Source{path, status.st_rdev};
}

Result<Source> find_source(const Settings& settings) {
  std::string name = settings.device;
  switch (settings.form) {
    case SourceForm::block:
      return find_block_device(settings);
    case SourceForm::network:
      while (name.size() > 1 && name.back() == '/' && name[name.size() - 2] != ':') name.pop_back();
      return Source{name, std::nullopt};
    case SourceForm::folder:
      name = real_path(settings.device);
      if (name.empty()) return failure(format("folder {}: {}", settings.device, std::strerror(errno)));
      return Source{name, std::nullopt};
    case SourceForm::name:
      break;
  }
  return Source{name, std::nullopt};
}

std::optional<dev_t> remembered_device(const Settings& settings) {
  std::ifstream in(device_record(settings));
  unsigned first = 0, second = 0;
  char colon = 0;
  if (!(in >> first >> colon >> second) || colon != ':') return std::nullopt;
  return makedev(first, second);
}

bool is_on_device(const Mount& mount, dev_t device) {
  if (mount.device == device) return true;
  if (major(mount.device) != 0 || !mount.source.starts_with("/dev/")) return false;
  struct stat status {};  // btrfs
  return stat(mount.source.c_str(), &status) == 0 && S_ISBLK(status.st_mode) && status.st_rdev == device;
}

/// The folder `path`, as it is seen through some mount, is the root of `mount`.
bool shows_folder(const Mount& mount, const std::string& path, const std::vector<Mount>& mounts) {
  return std::any_of(mounts.begin(), mounts.end(), [&](const Mount& through) {
    if (through.device != mount.device || !is_within(path, through.target)) return false;
    std::string below = path.substr(through.target == "/" ? 0 : through.target.size());
    if (below == "/") below.clear();
    const std::string shown = (through.root == "/" ? "" : through.root) + below;
    return (shown.empty() ? "/" : shown) == mount.root;
  });
}

bool is_ours(const Settings& settings, const Source& source, const Mount& mount, const std::vector<Mount>& mounts) {
  switch (settings.form) {
    case SourceForm::block:
      return source.device && is_on_device(mount, *source.device);
    case SourceForm::folder:
      return shows_folder(mount, source.name, mounts);
    case SourceForm::network: {
      std::string there = mount.source;
      while (there.size() > 1 && there.back() == '/' && there[there.size() - 2] != ':') there.pop_back();
      return there == source.name;
    }
    case SourceForm::name:
      return mount.source == source.name && mount.type == settings.type;
  }
  return false;
}

/// A device that is gone leaves its mount behind: known by its number, or by the name that it was mounted with.
std::optional<Source> source_that_went(const Settings& settings) {
  if (settings.form == SourceForm::folder) return Source{settings.device, std::nullopt};
  if (const auto device = remembered_device(settings)) return Source{settings.device, device};
  return std::nullopt;
}

void place(const Settings& settings, Situation& out) {
  const auto source = out.source ? out.source : source_that_went(settings);
  const auto stack = stack_at(out.mounts, out.mount_point);
  if (!stack.empty()) out.top = stack.back();
  if (!source) return;
  for (const Mount& mount : stack)
    if (is_ours(settings, *source, mount, out.mounts)) out.ours = mount;
  if (out.ours || settings.form != SourceForm::block) return;
  for (const Mount& mount : out.mounts)
    if (!out.elsewhere && is_ours(settings, *source, mount, out.mounts)) out.elsewhere = mount;
}

}  // namespace

Result<Situation> look(const Settings& settings) {
  Situation out;
  auto mounts = read_mounts();
  if (!mounts) return tl::unexpected(mounts.error());
  out.mounts = std::move(*mounts);
  out.mount_point = named_by_kernel(settings, out.mounts);
  if (auto source = find_source(settings))
    out.source = std::move(*source);
  else
    out.trouble = source.error().text;
  place(settings, out);
  return out;
}

void remember_device(const Settings& settings, const Source& source) {
  if (!source.device) return;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(settings.record).parent_path(), ignored);
  std::ofstream(device_record(settings)) << major(*source.device) << ':' << minor(*source.device) << '\n';
}

void forget_device(const Settings& settings) { unlink(device_record(settings).c_str()); }

bool is_shared_by_subvolumes(const Settings& settings) {
  return has_option(settings.options.text, "subvol") || has_option(settings.options.text, "subvolid");
}

}  // namespace holdfast::agent
