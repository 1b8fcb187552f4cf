#include "agents/filesystem/mounts.h"

#include <libmount/libmount.h>

#include <memory>
#include <optional>
#include <utility>

#include "base/format.h"

namespace holdfast::agent {
namespace {

std::string text(const char* value) { return value == nullptr ? std::string{} : std::string{value}; }

/// The value of an option, if it is there at all.
std::optional<std::string> find_option(std::string_view options, std::string_view name) {
  std::string line{options};
  char* value = nullptr;
  std::size_t length = 0;
  if (mnt_optstr_get_option(line.c_str(), std::string{name}.c_str(), &value, &length) != 0) return std::nullopt;
  return value == nullptr ? std::string{} : std::string{value, length};
}

void append_tree(const std::vector<Mount>& mounts, const Mount& mount, std::vector<Mount>& out) {
  for (const Mount& other : mounts)
    if (other.parent == mount.id && other.id != mount.id) append_tree(mounts, other, out);
  out.push_back(mount);
}

}  // namespace

Result<std::vector<Mount>> read_mounts(const std::string& file) {
  const std::unique_ptr<libmnt_table, decltype(&mnt_unref_table)> table{mnt_new_table(), &mnt_unref_table};
  const std::unique_ptr<libmnt_iter, decltype(&mnt_free_iter)> walk{mnt_new_iter(MNT_ITER_FORWARD), &mnt_free_iter};
  if (!table || !walk || mnt_table_parse_file(table.get(), file.c_str()) != 0)
    return failure(format("cannot read {}", file));
  std::vector<Mount> out;
  libmnt_fs* entry = nullptr;
  while (mnt_table_next_fs(table.get(), walk.get(), &entry) == 0)
    out.push_back({mnt_fs_get_id(entry), mnt_fs_get_parent_id(entry), mnt_fs_get_devno(entry),
                   text(mnt_fs_get_root(entry)), text(mnt_fs_get_target(entry)), text(mnt_fs_get_fstype(entry)),
                   text(mnt_fs_get_source(entry)), text(mnt_fs_get_vfs_options(entry)),
                   text(mnt_fs_get_fs_options(entry))});
  return out;
}

std::vector<Mount> stack_at(const std::vector<Mount>& mounts, const std::string& target) {
  std::vector<Mount> out;
  for (const Mount& mount : mounts)
    if (mount.target == target) out.push_back(mount);
  // What covers another one is mounted on it.
  for (std::size_t i = 0; i < out.size(); ++i)
    for (std::size_t j = i + 1; j < out.size(); ++j)
      if (out[i].parent == out[j].id) std::swap(out[i], out[j]);
  return out;
}

std::vector<Mount> tree_of(const std::vector<Mount>& mounts, const Mount& mount) {
  std::vector<Mount> out;
  append_tree(mounts, mount, out);
  return out;
}

bool has_option(std::string_view options, std::string_view name) { return find_option(options, name).has_value(); }

std::string option_value(std::string_view options, std::string_view name) {
  return find_option(options, name).value_or("");
}

bool is_network_type(const std::string& type) { return mnt_fstype_is_netfs(type.c_str()) == 1; }

bool is_within(std::string_view path, std::string_view folder) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace holdfast::agent
