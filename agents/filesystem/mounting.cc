#include "agents/filesystem/mounting.h"

#include <fcntl.h>
#include <libmount/libmount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "agents/process/launch.h"
#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using Context = std::unique_ptr<libmnt_context, decltype(&mnt_free_context)>;

constexpr int corrected = 1 | 2;  // of fsck(8): errors corrected; a reboot is advised (for the root file system)

Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

std::string type_of(const Settings& settings, const std::string& device) {
  if (settings.type != "auto") return settings.type;
  const std::unique_ptr<char, decltype(&std::free)> found{mnt_get_fstype(device.c_str(), nullptr, nullptr), &std::free};
  return found ? std::string{found.get()} : std::string{};
}

/// Journals are replayed by the mount. Others are looked at before it, and so is what is marked as broken.
bool wants_check(const Settings& settings, const std::string& type, const std::string& device) {
  if (settings.fsck == Fsck::always) return type != "xfs" && type != "btrfs";  // their fsck does nothing
  if (settings.fsck == Fsck::never) return false;
  return type == "ext2" || type == "vfat" || type == "msdos" || is_marked_with_errors(device);
}

/// `fsck -p` repairs what can be repaired without a question, and stops at all else.
Answer check_before(const Settings& settings, const std::string& device) {
  const std::string type = type_of(settings, device);
  if (!wants_check(settings, type, device)) return {};
  const std::string name = "fsck." + type;
  const auto run =
      run_check({{name, "-p", device}, {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}, "/", ""}, std::nullopt);
  if (!run) {
    if (settings.fsck == Fsck::automatic && access(("/usr/sbin/" + name).c_str(), X_OK) != 0) return {};
    return {ExitCode::not_installed, run.error().text};
  }
  if ((run->exit_code & ~corrected) == 0) return {};
  return failed(
      format("{} -p {}: exit code {}; an operator must repair it: {}", name, device, run->exit_code, run->output));
}

Answer carry_out(const Context& context, const std::string& target) {
  mnt_context_set_optsmode(context.get(), MNT_OMODE_NOTAB);  // /etc/fstab has no say
  // Without it a write-protected device is silently mounted read-only.
  mnt_context_enable_rwonly_mount(context.get(), 1);
  mnt_context_set_target(context.get(), target.c_str());
  const int result = mnt_context_mount(context.get());
  std::array<char, 1024> text{};
  if (mnt_context_get_excode(context.get(), result, text.data(), text.size()) == MNT_EX_SUCCESS) return {};
  const std::string why = text.data();
  return failed(format("mount of {}: {}", target, why.empty() ? "failed" : why));
}

Answer make_mount_point(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return error ? failed(format("mount point {}: {}", path, error.message())) : Answer{};
}

}  // namespace

Answer mount_source(const Settings& settings, const Situation& situation) {
  const Source& source = *situation.source;
  if (settings.create_mount_point)
    if (Answer made = make_mount_point(situation.mount_point); made.code != ExitCode::success) return made;
  if (settings.form == SourceForm::block)
    if (Answer checked = check_before(settings, source.name); checked.code != ExitCode::success) return checked;
  const Context context{mnt_new_context(), &mnt_free_context};
  if (!context) return failed("out of memory");
  mnt_context_set_source(context.get(), source.name.c_str());
  if (settings.type != "auto") mnt_context_set_fstype(context.get(), settings.type.c_str());
  const std::string& options = settings.options.text;
  mnt_context_set_options(context.get(), options.empty() ? "rw" : options.c_str());
  remember_device(settings, source);
  return carry_out(context, situation.mount_point);
}

Answer remount(const Settings& settings, const Mount& mount) {
  const Context context{mnt_new_context(), &mnt_free_context};
  if (!context) return failed("out of memory");
  const std::string options = (settings.options.bind ? "remount,bind," : "remount,") +
                              std::string(settings.options.read_only ? "ro" : "rw") +
                              (settings.options.text.empty() ? "" : "," + settings.options.text);
  mnt_context_set_options(context.get(), options.c_str());
  mnt_context_set_source(context.get(), mount.source.c_str());
  mnt_context_set_fstype(context.get(), mount.type.c_str());
  mnt_context_disable_canonicalize(context.get(), 1);
  return carry_out(context, mount.target);
}

bool has_errors(const Mount& mount) {
  if (has_given_up(mount)) return true;
  if (!mount.source.starts_with("/dev/")) return false;
  std::error_code error;
  const auto device = std::filesystem::canonical(mount.source, error).filename().string();
  std::ifstream in(format("/sys/fs/ext4/{}/errors_count", device));
  long count = 0;
  return static_cast<bool>(in >> count) && count > 0;
}

bool is_marked_with_errors(const std::string& device) {
  const Descriptor file{open(device.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  std::array<unsigned char, 4> bytes{};  // s_magic and s_state, at 56 and 58 of the superblock at 1024
  if (!file || pread(file.get(), bytes.data(), bytes.size(), 1024 + 56) != static_cast<ssize_t>(bytes.size()))
    return false;
  return bytes[0] == 0x53 && bytes[1] == 0xef && (bytes[2] & 2) != 0;
}

}  // namespace holdfast::agent
