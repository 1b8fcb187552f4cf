#include "agents/filesystem/suitability.h"

#include <libmount/libmount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include "agents/filesystem/release.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

Answer lacks(std::string text) { return {ExitCode::not_installed, std::move(text)}; }
Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

bool has_mount_program(const std::string& type) {
  for (const char* folder : {"/sbin/", "/usr/sbin/", "/usr/local/sbin/"})
    if (access((folder + ("mount." + type)).c_str(), X_OK) == 0) return true;
  return false;
}

bool kernel_has(const std::string& type) {
  std::ifstream in("/proc/filesystems");
  for (std::string line; std::getline(in, line);)
    if (line.substr(line.find('\t') + 1) == type) return true;
  return false;
}

/// A module of that name, which the kernel loads when it is asked for the type.
bool module_has(const std::string& type) {
  utsname kernel{};
  uname(&kernel);
  for (const char* list : {"modules.dep", "modules.builtin"}) {
    std::ifstream in(format("/lib/modules/{}/{}", kernel.release, list));
    for (std::string line; std::getline(in, line);)
      if (line.substr(0, line.find(':')).find("/" + type + ".ko") != std::string::npos) return true;
  }
  return false;
}

/// Network file systems that the kernel cannot mount without help: it does not ask for names and versions.
std::string program_needed(const Settings& settings) {
  const std::string& type = settings.type;
  if (type == "nfs" || type == "nfs4") return "nfs";
  return type == "cifs" || type == "smb3" ? type : "";
}

/// The system would mount it at every boot, on every node that has the entry, and Holdfast would know nothing of it.
bool is_mounted_at_boot(const Settings& settings) {
  std::ifstream in("/etc/fstab");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string source, target, type, options;
    if (!(fields >> source >> target >> type >> options) || source.starts_with('#')) continue;
    const std::unique_ptr<char, decltype(&std::free)> plain{mnt_unmangle(target.c_str()), &std::free};
    if (plain && settings.mount_point == plain.get() && !has_option(options, "noauto")) return true;
  }
  return false;
}

/// What it needs to have in it besides the first device: overlay's folders.
std::optional<Answer> missing_folder(const Settings& settings) {
  if (settings.type != "overlay") return std::nullopt;
  for (const char* option : {"lowerdir", "upperdir", "workdir"}) {
    std::istringstream folders(option_value(settings.options.text, option));
    for (std::string folder; std::getline(folders, folder, ':');) {
      struct stat status {};
      if (folder.empty() || folder.find('\\') != std::string::npos) continue;  // data-only layers, escaped names
      if (stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        return lacks(format("options: {} = {} is no folder on this node", option, folder));
    }
  }
  return std::nullopt;
}

bool is_empty(const std::string& folder) {
  // A file system's own folder is no content: the mount point may be another file system's root.
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().filename() != "lost+found") return false;
  if (error) return false;
  return true;
}

std::optional<Answer> trouble_with_mount_point(const Settings& settings, const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT && settings.create_mount_point) return std::nullopt;
    if (errno != ENOENT) return failed(format("mount point {}: {}", path, std::strerror(errno)));
    return lacks(
        format("mount point {} does not exist on this node; make the folder, or set create_mount_point = true", path));
  }
  if (S_ISLNK(status.st_mode)) return lacks(format("mount point {} is a symbolic link; name its target", path));
  if (!S_ISDIR(status.st_mode)) return lacks(format("mount point {} is not a folder", path));
  if (settings.allow_non_empty || is_empty(path)) return std::nullopt;
  return failed(
      format("mount point {} is not empty: what is in it would be hidden; move it away, or set "
             "allow_non_empty = true",
             path));
}

std::optional<Answer> trouble_with_source(const Settings& settings, const Situation& situation) {
  if (!situation.source) return lacks(situation.trouble);
  if (situation.elsewhere && !is_shared_by_subvolumes(settings))
    return failed(
        format("device {} is mounted at {}; unmount it there", situation.source->name, situation.elsewhere->target));
  if (settings.form == SourceForm::folder) {
    struct stat status {};
    if (stat(situation.source->name.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
      return lacks(format("device {} is not a folder", situation.source->name));
  }
  if (settings.form != SourceForm::block || is_shared_by_subvolumes(settings)) return std::nullopt;
  const std::string holder = held_by_others(situation.source->name);
  return holder.empty() ? std::nullopt : std::optional{failed(holder)};
}

}  // namespace

Answer node_lacks(const Settings& settings) {
  const std::string needed = program_needed(settings);
  if (!needed.empty() && !has_mount_program(needed))
    return lacks(format("mount.{} is not installed on this node: type {} needs it{}", needed, settings.type,
                        needed == "nfs" ? " (package nfs-common)" : " (package cifs-utils)"));
  const bool named = settings.type != "auto" && settings.type != "none";
  if (named && !kernel_has(settings.type) && !module_has(settings.type) && !has_mount_program(settings.type))
    return lacks(
        format("file system {} is unknown on this node: neither the kernel nor a module has it", settings.type));
  if (is_mounted_at_boot(settings))
    return lacks(
        format("mount point {} stands in /etc/fstab: the system would mount it at every boot; take the line "
               "away, or give it the option noauto",
               settings.mount_point));
  return {};
}

Answer obstacle(const Settings& settings, const Situation& situation) {
  if (auto trouble = trouble_with_source(settings, situation)) return *trouble;
  if (situation.top)
    return failed(format("mount point {} is in use: {} ({}) is mounted there", situation.mount_point,
                         situation.top->source, situation.top->type));
  if (auto trouble = missing_folder(settings)) return *trouble;
  if (auto trouble = trouble_with_mount_point(settings, situation.mount_point)) return *trouble;
  return {};
}

}  // namespace holdfast::agent
