// Kind `disk` (K3, B2): a SCSI-3 persistent reservation, held by one node of the cluster at a time; whoever lost it is
// refused every write by the disk itself, and reset by its own watch.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "agents/disk/settings.h"
#include "agents/disk/take.h"
#include "agents/disk/watch.h"
#include "agents/filesystem/child.h"
#include "agents/kind.h"
#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

using disk::Holder;
using disk::Paths;
using disk::Settings;

Answer wrong(const Error& error) { return {ExitCode::not_configured, error.text}; }
Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }
Answer lacking(std::string text) { return {ExitCode::not_installed, std::move(text)}; }

/// Part of the caller's limit is ours: time to say what is the matter before the runner kills us.
class Limit {
 public:
  explicit Limit(const Invocation& call)
      : whole_(call.timeout() - std::min<Millis>(Millis{1000}, call.timeout() / 5)), until_(Clock::now() + whole_) {}
  Millis whole() const { return whole_; }
  Millis left() const { return std::max(Millis{0}, std::chrono::duration_cast<Millis>(until_ - Clock::now())); }

 private:
  using Clock = std::chrono::steady_clock;
  Millis whole_;
  Clock::time_point until_;
};

Result<Settings> read_all(const Invocation& call) {
  auto settings = disk::read_settings(call);
  if (!settings) return settings;
  if (const auto told = disk::read_identity(*settings); !told) return tl::unexpected(told.error());
  return settings;
}

std::string names_of(const Settings& settings) { return format("{}", fmt::join(settings.devices, ", ")); }

/// What talks to the device: the kernel may hold it for as long as it likes.
std::optional<Answer> bounded_or_none(const Limit& limit, const Settings& settings,
                                      const std::function<Answer()>& work) {
  return in_child(work, limit.left(), settings.record + ".command");
}

Answer bounded(const Limit& limit, const Settings& settings, const std::function<Answer()>& work) {
  const auto answer = bounded_or_none(limit, settings, work);
  if (answer) return *answer;
  return failed(format("device {} does not answer within {} ms", names_of(settings), limit.whole().count()));
}

/// With what can be opened of it now; `missing` gets what cannot.
Answer with_paths(const Settings& settings, const std::function<Answer(const Paths&)>& work,
                  std::string* missing = nullptr) {
  const auto devices = disk::all_paths(settings);
  std::string trouble = devices ? "" : devices.error().text;
  const Paths paths = disk::open_what_is_there(disk::present_paths(settings), trouble);
  if (paths.empty()) return devices ? failed(trouble) : lacking(trouble);
  if (missing != nullptr) *missing = trouble;
  return work(paths);
}

/// What this node has read of the disk while another one wrote to it.
void forget_what_was_read(const std::vector<std::string>& devices) {
  for (const std::string& device : devices) {
    const Descriptor file{open(device.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (file) ioctl(file.get(), BLKFLSBUF, 0);
  }
}

/// On success the text is the name of the unit, for the watch.
Answer take_it(const Settings& settings, const Paths& paths) {
  if (Answer fit = disk::suitable(paths, settings.claim.self, settings.claim.type); fit.code != ExitCode::success)
    return fit;
  const disk::Wait wait = [](Millis time) { std::this_thread::sleep_for(time); };
  disk::Claim claim = settings.claim;
  claim.lasting = disk::lasting_of(paths);
  if (Answer taken = disk::take(paths, claim, wait); taken.code != ExitCode::success) return taken;
  forget_what_was_read(settings.devices);
  forget_what_was_read(disk::present_paths(settings));
  for (const auto& path : paths)
    if (const auto unit = disk::unit_of(*path)) return {ExitCode::success, *unit};
  return failed(format("device {} does not answer any more", names_of(settings)));
}

Answer give_it_back(const Settings& settings, const Paths& paths) {
  return disk::give_back(paths, settings.claim.self, settings.claim.type);
}

Answer standing_of(const Settings& settings, const Paths& paths, std::string trouble) {
  for (const auto& path : paths) {
    const auto standing = disk::look(*path);
    if (!standing) {
      if (trouble.empty()) trouble = trouble_text(*path, standing.error());
      continue;
    }
    switch (holder_of(*standing, settings.claim.self)) {
      case Holder::us:
        if (trouble.empty()) return {};
        return {ExitCode::degraded, trouble + "; the reservation stands over the other paths"};
      case Holder::nobody:
        return failed(format("nobody has device {} reserved", path->name()));
      default:
        return failed(format("{} has the reservation of device {}",
                             name_of(standing->reservation->key, settings.claim.self), path->name()));
    }
  }
  return failed(trouble);
}

Answer look_at_it(const Limit& limit, const Settings& settings) {
  return bounded(limit, settings, [&] {
    std::string missing;
    return with_paths(
        settings, [&](const Paths& paths) { return standing_of(settings, paths, missing); }, &missing);
  });
}

/// Only a monitor may say "degraded": of a start or recover, anything but success is a failure.
Answer in_full(Answer found) {
  if (found.code == ExitCode::degraded) found.code = ExitCode::success;
  return found;
}

Answer start(const Invocation& call) {
  const auto settings = read_all(call);
  if (!settings) return wrong(settings.error());
  const Limit limit(call);
  if (disk::running_watch(*settings)) return in_full(look_at_it(limit, *settings));
  const Answer taken = bounded(limit, *settings, [&] {
    return with_paths(*settings, [&](const Paths& paths) { return take_it(*settings, paths); });
  });
  if (taken.code != ExitCode::success) return taken;
  Answer watched = disk::begin_watch(*settings, taken.text, limit.left());
  if (watched.code == ExitCode::success) return {};
  disk::end_watch(*settings);
  // S1: a failed start leaves nothing behind.
  bounded(limit, *settings,
          [&] { return with_paths(*settings, [&](const Paths& paths) { return give_it_back(*settings, paths); }); });
  return watched;
}

/// The disk itself refuses our writes as soon as another node preempts the key: out of service is what it is.
Answer left_behind(const std::string& why) {
  return {ExitCode::success, format("{}; this node's key stays until another node preempts it", why)};
}

/// The watch first: it would take back what is given away.
Answer stop(const Invocation& call) {
  const auto settings = read_all(call);
  if (!settings) return wrong(settings.error());
  const Limit limit(call);
  const bool ended = disk::end_watch(*settings);
  const auto answer = bounded_or_none(limit, *settings, [&] {
    std::string trouble;
    const Paths paths = disk::open_what_is_there(disk::present_paths(*settings), trouble);
    if (!paths.empty()) return give_it_back(*settings, paths);
    return left_behind(trouble.empty() ? format("device {} is not there", names_of(*settings)) : trouble);
  });
  if (!answer) return left_behind(format("device {} does not answer", names_of(*settings)));
  if (answer->code != ExitCode::success && !ended) return left_behind(answer->text);
  return *answer;
}

Answer monitor(const Invocation& call) {
  const auto settings = read_all(call);
  if (!settings) return wrong(settings.error());
  if (!read_process_record(settings->record)) return {ExitCode::not_running, "this node does not have it reserved"};
  Answer found = look_at_it(Limit(call), *settings);
  // A device that has gone is no resource that was stopped.
  if (found.code == ExitCode::not_installed) found.code = ExitCode::generic;
  const bool stands = found.code == ExitCode::success || found.code == ExitCode::degraded;
  if (stands && !disk::running_watch(*settings)) return failed("its watch has ended");
  return found;
}

/// F5: a watch that has ended is started again. What has been lost is not taken back here.
Answer recover(const Invocation& call) {
  const auto settings = read_all(call);
  if (!settings) return wrong(settings.error());
  const Limit limit(call);
  Answer found = in_full(look_at_it(limit, *settings));
  if (found.code != ExitCode::success || disk::running_watch(*settings)) return found;
  const Answer unit = bounded(limit, *settings, [&] {
    return with_paths(*settings, [](const Paths& paths) {
      const auto name = disk::unit_of(*paths.front());
      return name ? Answer{ExitCode::success, *name} : failed(name.error().text);
    });
  });
  return unit.code == ExitCode::success ? disk::begin_watch(*settings, unit.text, limit.left()) : unit;
}

Answer validate(const Invocation& call) {
  const auto settings = disk::read_settings(call);
  return settings ? Answer{} : wrong(settings.error());
}

/// K10: the disk is there and is what it must be; another node of this cluster may well have it.
Answer ready(const Invocation& call) {
  const auto settings = read_all(call);
  if (!settings) return wrong(settings.error());
  const auto devices = disk::all_paths(*settings);
  if (!devices) return lacking(devices.error().text);
  return bounded(Limit(call), *settings, [&] {
    const auto paths = disk::open_paths(*devices);
    if (!paths) return failed(paths.error().text);
    return disk::suitable(*paths, settings->claim.self, settings->claim.type);
  });
}

std::vector<Parameter> parameters() {
  return {{"device", "string", Need::required, "",
           "Block device of the whole disk, or a multipath device, each path of which is registered"},
          {"paths", "string", Need::optional, "", "List: further block devices that are other paths to the same disk"},
          {"type", "string", Need::optional, "write-exclusive",
           "write-exclusive: the other nodes may read; exclusive-access: they may not"}};
}

}  // namespace

const Kind& disk_kind() {
  static const Kind kind{
      "disk",       "A shared SCSI disk, reserved for one node at a time (SCSI-3 persistent reservation)",
      parameters(), start,
      stop,         monitor,
      validate,     recover,
      ready};
  return kind;
}

}  // namespace holdfast::agent
