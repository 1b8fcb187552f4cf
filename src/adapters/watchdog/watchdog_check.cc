#include "adapters/watchdog/watchdog_check.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/format.h"

namespace holdfast {

namespace {

constexpr unsigned first_major = 10;  // /dev/watchdog is minor 130 of it, and the first /dev/watchdogN
constexpr unsigned first_minor = 130;

std::string word_in(const std::string& file) {
  std::string word;
  std::ifstream(file) >> word;
  return word;
}

}  // namespace

WatchdogFinding look_at_watchdog(const std::string& device, bool ours) {
  struct stat status {};
  if (stat(device.c_str(), &status) != 0)
    return {format("{}: {} (is a watchdog driver loaded? without hardware: modprobe softdog)", device,
                   std::strerror(errno)),
            {}};
  if (!S_ISCHR(status.st_mode)) return {format("{} is no device", device), {}};
  const bool first = major(status.st_rdev) == first_major && minor(status.st_rdev) == first_minor;
  const std::string folder = first ? std::string("/sys/class/watchdog/watchdog0")
                                   : format("/sys/dev/char/{}:{}", major(status.st_rdev), minor(status.st_rdev));
  std::error_code error;
  const auto kind = std::filesystem::read_symlink(folder + "/subsystem", error).filename();
  if (!error && kind != "watchdog")
    return {format("{} is no watchdog: it is a device of {}", device, kind.string()), {}};
  const std::string state = word_in(folder + "/state");
  if (state.empty() && word_in(folder + "/identity").empty())
    return {{}, format("{}: nothing is known of it in {}", device, folder)};
  if (state == "active" && !ours)
    return {{},
            format("{} is in use already (systemd's RuntimeWatchdogSec, sbd, watchdog?); holdfastd will not get it",
                   device)};
  if (word_in(folder + "/nowayout") == "1")
    return {{},
            format("{} cannot be switched off once it is armed (nowayout): it is fed on when holdfastd ends", device)};
  return {};
}

}  // namespace holdfast
