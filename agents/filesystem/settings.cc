#include "agents/filesystem/settings.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "agents/parameters.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr std::array<std::string_view, 4> tags{"UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="};
constexpr std::string_view device_rule =
    "a path (/dev/sdb1), UUID=..., LABEL=..., PARTUUID=..., PARTLABEL=..., host:/path, a folder with options = "
    "\"bind\", or a name with type = \"overlay\" or \"tmpfs\"";

std::string without_extra_slashes(const std::string& path) {
  std::string out;
  for (const char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

bool is_plain_path(const std::string& path) {
  const std::string closed = path + "/";
  return path.starts_with('/') && closed.find("/../") == std::string::npos && closed.find("/./") == std::string::npos;
}

Result<bool> truth_parameter(const Invocation& call, const std::string& name) {
  const std::string value = call.parameter(name).value_or("false");
  if (value == "true" || value == "false") return value == "true";
  return failure(format("parameter {} = \"{}\": must be true or false", name, value));
}

bool is_tag(const std::string& device) {
  return std::any_of(tags.begin(), tags.end(),
                     [&](std::string_view tag) { return device.starts_with(tag) && device.size() > tag.size(); });
}

Result<SourceForm> form_of(const Settings& settings) {
  const std::string& device = settings.device;
  if (settings.options.bind) {
    if (!is_plain_path(device))
      return failure(format("parameter device = \"{}\": a bind mount needs an absolute path without . and ..", device));
    return SourceForm::folder;
  }
  if (settings.type == "overlay" || settings.type == "tmpfs" || settings.type == "ramfs") return SourceForm::name;
  if (is_tag(device)) return SourceForm::block;
  if (device.starts_with("//")) return SourceForm::network;
  const std::size_t colon = device.find(":/");
  if (colon != std::string::npos && colon > 0 && !device.starts_with('/')) return SourceForm::network;
  if (is_plain_path(device)) return SourceForm::block;
  return failure(format("parameter device = \"{}\": must be {}", device, device_rule));
}

/// What the form of the device says of the type.
Result<void> settle_type(Settings& settings) {
  const std::string& type = settings.type;
  if (type.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != std::string::npos)
    return failure(format("parameter type = \"{}\": must be the name of a file system, for example ext4", type));
  if (settings.form == SourceForm::folder && type != "auto" && type != "none")
    return failure(format("parameter type = \"{}\": a bind mount has none; leave it out", type));
  if (settings.form == SourceForm::network && type == "auto")
    settings.type = settings.device.starts_with("//") ? "cifs" : "nfs";
  const bool is_nfs = type == "nfs" || type == "nfs4";
  if (is_nfs && settings.form != SourceForm::network)
    return failure(format("parameter device = \"{}\": type {} needs host:/path", settings.device, type));
  if (type == "overlay" && !has_option(settings.options.text, "lowerdir"))
    return failure(
        "parameter options: type overlay needs lowerdir=..., and upperdir=... with workdir=... to be written");
  return {};
}

Result<Fsck> read_fsck(const Invocation& call) {
  const std::string value = call.parameter("fsck").value_or("auto");
  if (value == "auto") return Fsck::automatic;
  if (value == "always") return Fsck::always;
  if (value == "never") return Fsck::never;
  return failure(format("parameter fsck = \"{}\": allowed are auto, always, never", value));
}

Result<void> read_place(const Invocation& call, Settings& out) {
  const auto device = call.parameter("device");
  if (!device) return failure("parameter device is missing: " + std::string{device_rule});
  const auto mount_point = call.parameter("mount_point");
  if (!mount_point) return failure("parameter mount_point is missing, for example mount_point = \"/srv/data\"");
  if (!is_plain_path(*mount_point) || without_extra_slashes(*mount_point) == "/")
    return failure(
        format("parameter mount_point = \"{}\": must be an absolute path without . and .., and not /", *mount_point));
  out.mount_point = without_extra_slashes(*mount_point);
  auto options = read_options(call.parameter("options").value_or(""));
  if (!options) return tl::unexpected(options.error());
  out.options = *options;
  out.type = call.parameter("type").value_or("auto");
  out.device = *device;
  auto form = form_of(out);
  if (!form) return tl::unexpected(form.error());
  out.form = *form;
  if (out.form == SourceForm::block || out.form == SourceForm::folder) out.device = without_extra_slashes(out.device);
  return settle_type(out);
}

Result<void> read_limits(const Invocation& call, Settings& out) {
  const auto warning = number_parameter(call, "fill_warning", 90, 0, 100);
  if (!warning) return tl::unexpected(warning.error());
  const auto error = number_parameter(call, "fill_error", 95, 0, 100);
  if (!error) return tl::unexpected(error.error());
  const auto test = number_parameter(call, "write_test", 0, 0, 3600);
  if (!test) return tl::unexpected(test.error());
  const auto kill_after = number_parameter(call, "kill_after", 5, 0, 3600);
  if (!kill_after) return tl::unexpected(kill_after.error());
  out.fill_warning = *warning;
  out.fill_error = *error;
  out.write_test = Millis{*test * 1000};
  out.kill_after = Millis{*kill_after * 1000};
  if (out.write_test.count() > 0 && out.options.read_only)
    return failure("parameter write_test: nothing can be written to what is mounted ro");
  return {};
}

}  // namespace

Result<Settings> read_settings(const Invocation& call) {
  Settings out;
  if (auto read = read_place(call, out); !read) return tl::unexpected(read.error());
  if (auto read = read_limits(call, out); !read) return tl::unexpected(read.error());
  auto fsck = read_fsck(call);
  if (!fsck) return tl::unexpected(fsck.error());
  out.fsck = *fsck;
  for (const auto& [name, into] : {std::pair{"create_mount_point", &out.create_mount_point},
                                   {"allow_non_empty", &out.allow_non_empty},
                                   {"fill_fails", &out.fill_fails}}) {
    const auto truth = truth_parameter(call, name);
    if (!truth) return tl::unexpected(truth.error());
    *into = *truth;
  }
  if (out.fill_fails && out.fill_error == 0)
    return failure("parameter fill_fails: there is no limit to fail at (fill_error = 0)");
  std::string name = call.resource();
  std::replace(name.begin(), name.end(), '/', '_');
  out.record = call.run_directory() + "/filesystem/" + name;
  return out;
}

}  // namespace holdfast::agent
