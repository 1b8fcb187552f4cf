#include "agents/filesystem/release.h"

#include <fcntl.h>
#include <libmount/libmount.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <thread>

#include "agents/filesystem/child.h"
#include "agents/filesystem/users.h"
#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr ExitCode busy = ExitCode::arguments;  // of a child of ours only
constexpr Millis look_again{100};
constexpr Millis reserve{500};  // of our time, for saying what went wrong

Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

Millis left(Clock::time_point until) { return std::max(Millis{0}, std::chrono::ceil<Millis>(until - Clock::now())); }

/// With the helper programs and the records of mount(8).
Answer unmount_here(const Mount& mount) {
  const std::unique_ptr<libmnt_context, decltype(&mnt_free_context)> context{mnt_new_context(), &mnt_free_context};
  if (!context) return failed("out of memory");
  mnt_context_disable_canonicalize(context.get(), 1);  // looks at no path: a dead server would hold us
  mnt_context_set_target(context.get(), mount.target.c_str());
  const int result = mnt_context_umount(context.get());
  std::array<char, 512> text{};
  const int code = mnt_context_get_excode(context.get(), result, text.data(), text.size());
  if (code == MNT_EX_SUCCESS) return {};
  const bool is_busy =
      mnt_context_syscall_called(context.get()) == 1 && mnt_context_get_syscall_errno(context.get()) == EBUSY;
  return {is_busy ? busy : ExitCode::generic, text.data()};
}

/// In the mount namespace of another process, which a service with PrivateMounts= or a container has.
Answer unmount_there(const Mount& mount) {
  const Descriptor there{open(format("/proc/{}/ns/mnt", mount.seen_by).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!there) return {};  // gone, and its mounts with it
  if (setns(there.get(), CLONE_NEWNS) == 0 && umount2(mount.target.c_str(), UMOUNT_NOFOLLOW) == 0) return {};
  return {errno == EBUSY ? busy : ExitCode::generic, std::strerror(errno)};
}

/// The mounts of the device in the mount namespaces of others, in the order in which they can be unmounted.
void append_mounts_of_others(dev_t device, std::vector<Mount>& out) {
  const auto name_of = [](const std::filesystem::path& process) {
    std::error_code error;
    return std::filesystem::read_symlink(process / "ns/mnt", error).string();
  };
  std::set<std::string> seen{name_of("/proc/self")};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string name = name_of(entry.path());
    if (name.empty() || !seen.insert(name).second) continue;
    const auto mounts = read_mounts(entry.path() / "mountinfo");
    if (!mounts) continue;
    for (auto mount = mounts->rbegin(); mount != mounts->rend(); ++mount) {
      if (mount->device != device) continue;
      out.push_back(*mount);
      out.back().seen_by = static_cast<pid_t>(std::strtol(pid.c_str(), nullptr, 10));
    }
  }
}

/// Kernel users that are no process.
std::string kernel_users(const std::string& mount_point) {
  std::string out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/block", error)) {
    std::ifstream in(entry.path() / "loop/backing_file");
    std::string file;
    if (std::getline(in, file) && is_within(file, mount_point))
      out += format(", {} is attached as {}", file, entry.path().filename().string());
  }
  std::ifstream swaps("/proc/swaps");
  for (std::string line; std::getline(swaps, line);)
    if (is_within(line.substr(0, line.find_first_of(" \t")), mount_point)) out += ", there is swap space on it";
  return out.empty() ? ", no process uses it: a kernel user such as an NFS export" : out;
}

/// Of a block device that shall be free afterwards; its number is in the mount table, also when the device is gone.
std::optional<dev_t> device_of(const Settings& settings, const Situation& situation) {
  if (settings.form != SourceForm::block || is_shared_by_subvolumes(settings)) return std::nullopt;
  if (situation.source) return situation.source->device;
  return major(situation.ours->device) != 0 ? std::optional{situation.ours->device} : std::nullopt;
}

class Release {
 public:
  Release(const Settings& settings, const Situation& situation, Clock::time_point until)
      : mount_point_(situation.mount_point),
        ours_(*situation.ours),
        device_(device_of(settings, situation)),
        until_(until - std::min<Millis>(reserve, left(until) / 4)),
        kill_at_(Clock::now() + std::min<Millis>(settings.kill_after, left(until_) / 2)) {
    if (situation.source) device_path_ = situation.source->name;
  }

  Answer carry_out() {
    for (;;) {
      const auto wanted = still_mounted();
      if (!wanted) return failed(wanted.error().text);
      const auto trouble = wanted->empty() ? still_held() : unmount_all(*wanted);
      if (!trouble) {
        if (wanted->empty()) return {};
        continue;
      }
      if (trouble->code != busy) return *trouble;
      if (Clock::now() >= until_) return failed(*wanted, trouble->text);
      if (auto refused = end_users(*wanted)) return *refused;
    }
  }

 private:
  /// All that has to go, in the order in which it can.
  Result<std::vector<Mount>> still_mounted() const {
    auto mounts = read_mounts();
    if (!mounts) return mounts;
    std::vector<Mount> out;
    std::set<int> seen;
    for (const Mount& mount : *mounts) {
      const bool is_ours = mount.id == ours_.id || (device_ && mount.device == *device_);
      if (!is_ours) continue;
      for (Mount& part : tree_of(*mounts, mount))
        if (seen.insert(part.id).second) out.push_back(std::move(part));
    }
    if (device_) append_mounts_of_others(*device_, out);
    return out;
  }

  /// None: all of them are unmounted.
  std::optional<Answer> unmount_all(const std::vector<Mount>& mounts) const {
    for (const Mount& mount : mounts) {
      const auto work = [&mount] { return mount.seen_by == 0 ? unmount_here(mount) : unmount_there(mount); };
      const auto answer = in_child(work, left(until_) + reserve / 2);  // the last try too needs a moment
      if (!answer)
        return Answer{ExitCode::generic, format("the unmount of {} hangs; it is still mounted", mount.target)};
      if (answer->code != ExitCode::success) return Answer{answer->code, format("{}: {}", mount.target, answer->text)};
    }
    return std::nullopt;
  }

  /// Nothing of it stands in a mount table; the kernel may hold it all the same.
  std::optional<Answer> still_held() const {
    if (!device_ || device_path_.empty()) return std::nullopt;
    const std::string holder = held_by_others(device_path_);
    return holder.empty() ? std::nullopt : std::optional<Answer>{{busy, holder}};
  }

  /// A refusal if one of them must not be ended.
  std::optional<Answer> end_users(const std::vector<Mount>& mounts) {
    const auto users = users_of(mounts, device_);
    const bool may_kill = Clock::now() >= kill_at_;
    for (const User& user : users) {
      if (is_protected(user))
        return failed(
            format("{} is used by process {}, which Holdfast itself depends on", mount_point_, list_of({user})));
      if (may_kill) {
        send(user, SIGKILL);
      } else if (told_.insert({user.process.pid, user.process.start_ticks}).second) {
        send(user, SIGTERM);
        send(user, SIGCONT);  // a stopped one would not hear it
      }
    }
    const auto until = std::min({until_, may_kill ? until_ : kill_at_, Clock::now() + look_again});
    for (const User& user : users) await_end(user.process, left(until));
    // Nobody to wait for: a file is closed a little after its process has ended, or the kernel uses it.
    if (users.empty()) std::this_thread::sleep_for(std::min(Millis{20}, left(until_)));
    return std::nullopt;
  }

  Answer failed(const std::vector<Mount>& mounts, const std::string& why) const {
    const auto users = users_of(mounts, device_);
    if (users.empty()) return agent::failed(why + kernel_users(mount_point_));
    return agent::failed(format("{}; still used, also after SIGKILL, by {}", why, list_of(users)));
  }
  static Answer failed(const std::string& text) { return agent::failed(text); }

  std::string mount_point_;
  Mount ours_;
  std::optional<dev_t> device_;
  std::string device_path_;
  Clock::time_point until_;
  Clock::time_point kill_at_;
  std::set<std::pair<pid_t, std::uint64_t>> told_;
};

}  // namespace

Answer release(const Settings& settings, const Situation& situation, Clock::time_point until) {
  return Release{settings, situation, until}.carry_out();
}

std::string held_by_others(const std::string& device) {
  const Descriptor alone{open(device.c_str(), O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC)};
  if (alone || errno != EBUSY) return "";
  return format("device {} is held by the kernel (mounted in another mount namespace, or part of RAID, LVM, multipath)",
                device);
}

}  // namespace holdfast::agent
