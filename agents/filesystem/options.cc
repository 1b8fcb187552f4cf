#include "agents/filesystem/options.h"

#include <libmount/libmount.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/format.h"

namespace holdfast::agent {
namespace {

/// As the kernel shows them: the negative word where it is set, or nothing.
struct Switch {
  std::string_view on;
  std::string_view off;
};
constexpr std::array<Switch, 7> switches{{{"noexec", "exec"},
                                          {"nosuid", "suid"},
                                          {"nodev", "dev"},
                                          {"noatime", "atime"},
                                          {"nodiratime", "diratime"},
                                          {"sync", "async"},
                                          {"dirsync", ""}}};
constexpr std::array<std::string_view, 6> refused{"remount", "move", "loop", "offset", "sizelimit", "encryption"};
constexpr std::array<std::string_view, 3> overlay_folders{"lowerdir", "upperdir", "workdir"};

bool shows(const Mount& mount, std::string_view name) {
  return has_option(mount.options, name) || has_option(mount.file_system_options, name);
}

bool is_read_only(const Mount& mount) {
  return shows(mount, "ro") || has_option(mount.file_system_options, "emergency_ro");
}

/// The last of "noexec" and "exec" counts, as for mount(8).
bool asks_last_for(const std::string& options, std::string_view wanted, std::string_view other) {
  bool out = false;
  std::string line = options;
  char* rest = line.data();
  char *name = nullptr, *value = nullptr;
  std::size_t length = 0, value_length = 0;
  while (mnt_optstr_next_option(&rest, &name, &length, &value, &value_length) == 0) {
    const std::string_view found{name, length};
    if (found == wanted) out = true;
    if (!other.empty() && found == other) out = false;
  }
  return out;
}

std::string overlay_difference(const WantedOptions& wanted, const Mount& mount) {
  for (const std::string_view folder : overlay_folders) {
    const std::string asked = option_value(wanted.text, folder);
    const std::string is = option_value(mount.file_system_options, folder);
    if (!asked.empty() && !is.empty() && asked != is)
      return format("is mounted with {}={}, wanted is {}={}", folder, is, folder, asked);
  }
  return "";
}

}  // namespace

Result<WantedOptions> read_options(const std::string& text) {
  WantedOptions out{text};
  const bool strange = std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
  if (strange || text.starts_with(',') || text.ends_with(',') || text.find(",,") != std::string::npos)
    return failure(
        format("parameter options = \"{}\": must be options of mount(8) with commas between them, for "
               "example \"noatime,nodev\"",
               text));
  if (text.find(' ') != std::string::npos && text.find('"') == std::string::npos)
    return failure(format("parameter options = \"{}\": there must be no blanks between options", text));
  for (const std::string_view name : refused)
    if (has_option(text, name)) return failure(format("parameter options: \"{}\" cannot be used for a resource", name));
  if (has_option(text, "ro") && has_option(text, "rw"))
    return failure("parameter options: ro and rw contradict each other");
  out.read_only = has_option(text, "ro");
  out.bind = has_option(text, "bind") || has_option(text, "rbind");
  return out;
}

std::string difference(const WantedOptions& wanted, const Mount& mount) {
  if (has_option(mount.file_system_options, "shutdown")) return "was shut down by the kernel after an error";
  if (!wanted.read_only && is_read_only(mount))
    return "is mounted read-only, wanted is rw (the kernel does that after an error)";
  if (wanted.read_only && !is_read_only(mount)) return "is mounted rw, wanted is ro";
  for (const Switch& option : switches) {
    if (asks_last_for(wanted.text, option.on, option.off) && !shows(mount, option.on))
      return format("is mounted without {}", option.on);
    if (!option.off.empty() && asks_last_for(wanted.text, option.off, option.on) && shows(mount, option.on))
      return format("is mounted with {}, wanted is {}", option.on, option.off);
  }
  return mount.type == "overlay" ? overlay_difference(wanted, mount) : "";
}

bool has_given_up(const Mount& mount) {
  return has_option(mount.file_system_options, "emergency_ro") || has_option(mount.file_system_options, "shutdown");
}

}  // namespace holdfast::agent
