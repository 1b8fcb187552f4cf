// Kind `filesystem` (K2): mounted where it is wanted, by the device that is wanted, as it is wanted; and really gone
// after a stop.
#include <chrono>

#include "agents/filesystem/mounting.h"
#include "agents/filesystem/probe.h"
#include "agents/filesystem/release.h"
#include "agents/filesystem/source.h"
#include "agents/filesystem/suitability.h"
#include "agents/kind.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

Answer wrong(const Error& error) { return {ExitCode::not_configured, error.text}; }
Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

/// Part of the caller's limit is ours: time to say what is the matter before the runner kills us.
Millis own_limit(const Invocation& call) { return call.timeout() - std::min<Millis>(Millis{1000}, call.timeout() / 5); }

/// What the mount table says against it being in service; success: nothing.
Answer finding(const Settings& settings, const Situation& situation) {
  const std::string& place = situation.mount_point;
  if (!situation.ours) {
    // It would be mounted twice if another node took it for free.
    if (situation.elsewhere && !is_shared_by_subvolumes(settings))
      return failed(
          format("device {} is mounted at {}, not at {}", settings.device, situation.elsewhere->target, place));
    if (situation.top)
      return {ExitCode::not_running, format("{} ({}) is mounted at {}, not {}", situation.top->source,
                                            situation.top->type, place, settings.device)};
    return {ExitCode::not_running, format("nothing is mounted at {}", place)};
  }
  if (situation.top->id != situation.ours->id)
    return failed(format("{} is covered by {} ({})", place, situation.top->source, situation.top->type));
  if (!situation.source) return failed(format("{} is mounted, but {}", place, situation.trouble));
  if (const std::string text = difference(settings.options, *situation.ours); !text.empty())
    return failed(format("{} {}", place, text));
  return {};
}

Answer start(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto before = look(*settings);
  if (!before) return failed(before.error().text);
  if (before->ours) return finding(*settings, *before);
  if (Answer lacking = node_lacks(*settings); lacking.code != ExitCode::success) return lacking;
  if (Answer trouble = obstacle(*settings, *before); trouble.code != ExitCode::success) return trouble;
  if (Answer mounted = mount_source(*settings, *before); mounted.code != ExitCode::success) {
    forget_device(*settings);
    return mounted;
  }
  const auto after = look(*settings);
  if (!after) return failed(after.error().text);
  const Answer found = finding(*settings, *after);
  // S1: a failed start leaves nothing behind.
  if (found.code != ExitCode::success && after->ours)
    release(*settings, *after, std::chrono::steady_clock::now() + own_limit(call) / 2);
  return found;
}

Answer stop(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto until = std::chrono::steady_clock::now() + own_limit(call);
  const auto situation = look(*settings);
  if (!situation) return failed(situation.error().text);
  if (situation->ours) {
    if (Answer answer = release(*settings, *situation, until); answer.code != ExitCode::success) return answer;
  } else if (situation->elsewhere && !is_shared_by_subvolumes(*settings)) {
    // Nobody may think that it is free (F3); and it is not ours to unmount.
    return failed(
        format("device {} is mounted at {}; unmount it there", settings->device, situation->elsewhere->target));
  }
  forget_device(*settings);
  return {};
}

Answer monitor(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto situation = look(*settings);
  if (!situation) return failed(situation.error().text);
  if (Answer found = finding(*settings, *situation); found.code != ExitCode::success) return found;
  return probe(*settings, *situation->ours);
}

/// Only a monitor may say "degraded": of a recover, anything but success is a failure.
Answer recovered(const Invocation& call) {
  Answer found = monitor(call);
  if (found.code == ExitCode::degraded) found.code = ExitCode::success;
  return found;
}

/// F5: mounted again where it has gone, and given its options again where an operator changed them. What the kernel
/// gave up after an error is not forced: another node mounts it from the beginning, after a check.
Answer recover(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto situation = look(*settings);
  if (!situation) return failed(situation.error().text);
  if (!situation->ours) {
    const Answer started = start(call);
    return started.code == ExitCode::success ? recovered(call) : started;
  }
  const bool differs = !difference(settings->options, *situation->ours).empty();
  if (differs && has_errors(*situation->ours))
    return failed(
        format("{} met errors and was made read-only; it is not mounted rw over them", situation->mount_point));
  if (differs && situation->top->id == situation->ours->id)
    if (Answer again = remount(*settings, *situation->ours); again.code != ExitCode::success) return again;
  return recovered(call);
}

Answer validate(const Invocation& call) {
  const auto settings = read_settings(call);
  return settings ? node_lacks(*settings) : wrong(settings.error());
}

Answer ready(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  if (Answer lacking = node_lacks(*settings); lacking.code != ExitCode::success) return lacking;
  const auto situation = look(*settings);
  if (!situation) return failed(situation.error().text);
  return situation->ours ? finding(*settings, *situation) : obstacle(*settings, *situation);
}

std::vector<Parameter> parameters() {
  return {
      {"device", "string", Need::required, "",
       "Block device, UUID=, LABEL=, PARTUUID= or PARTLABEL=; host:/path; a folder with the option bind; a name for "
       "overlay or tmpfs"},
      {"mount_point", "string", Need::required, "", "Folder where it is mounted"},
      {"type", "string", Need::optional, "auto", "Type of the file system; auto: what the device holds"},
      {"options", "string", Need::optional, "", "Options of mount(8), with commas between them"},
      {"fsck", "string", Need::optional, "auto",
       "auto: fsck -p before the mount of types without a journal and of what is marked as broken; always; never"},
      {"create_mount_point", "boolean", Need::optional, "false", "Make the folder if it is missing"},
      {"allow_non_empty", "boolean", Need::optional, "false", "Mount over a folder that is not empty"},
      {"fill_warning", "integer", Need::optional, "90", "Per cent full at which the monitor warns; 0: never"},
      {"fill_error", "integer", Need::optional, "95", "Per cent full at which the monitor tells an error; 0: never"},
      {"fill_fails", "boolean", Need::optional, "false", "At fill_error the resource has failed"},
      {"write_test", "integer", Need::optional, "0",
       "Seconds within which the monitor must be able to write a block (0 to 3600); 0: it does not try"},
      {"kill_after", "integer", Need::optional, "5",
       "Seconds from SIGTERM to SIGKILL for processes that use it when it is stopped (0 to 3600)"}};
}

}  // namespace

const Kind& filesystem_kind() {
  static const Kind kind{"filesystem", "A file system, mounted on one node at a time",
                         parameters(), start,
                         stop,         monitor,
                         validate,     recover,
                         ready};
  return kind;
}

}  // namespace holdfast::agent
