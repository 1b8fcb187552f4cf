#include "watchdog/device.h"

#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/format.h"

namespace holdfast::watchdog {

namespace {

constexpr unsigned first_major = 10;   // /dev/watchdog is minor 130 of it: another name of the first /dev/watchdogN,
constexpr unsigned first_minor = 130;  // and without its attributes

/// Compiled in or asked for: what is open once counts until the machine is reset, whatever is written to it. What
/// cannot be read is taken for that: to feed on does no harm.
bool no_way_out(int device) {
  struct stat status {};
  if (fstat(device, &status) != 0) return true;
  const bool first = major(status.st_rdev) == first_major && minor(status.st_rdev) == first_minor;
  const std::string folder = first ? std::string("/sys/class/watchdog/watchdog0")
                                   : format("/sys/dev/char/{}:{}", major(status.st_rdev), minor(status.st_rdev));
  int value = 1;
  std::ifstream(folder + "/nowayout") >> value;
  return value != 0;
}

}  // namespace

Result<KernelDevice> KernelDevice::open(const std::string& path) {
  Descriptor device(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!device && errno == EBUSY)
    return failure(format("{} is in use by another program (systemd's RuntimeWatchdogSec, sbd, watchdog?)", path));
  if (!device) return failure(format("{}: {}", path, std::strerror(errno)));
  watchdog_info info{};
  if (ioctl(device.get(), WDIOC_GETSUPPORT, &info) != 0) return failure(format("{} is no watchdog device", path));
  const auto* name = reinterpret_cast<const char*>(info.identity);
  const bool can_end = (info.options & WDIOF_MAGICCLOSE) != 0 && !no_way_out(device.get());
  return KernelDevice(std::move(device), path, std::string(name, strnlen(name, sizeof info.identity)), can_end);
}

bool KernelDevice::feed() { return ioctl(device_.get(), WDIOC_KEEPALIVE, 0) == 0; }

Result<void> KernelDevice::set_timeout(Millis timeout) {
  const int wanted = std::max(1, static_cast<int>(timeout.count() / 1000));
  int seconds = wanted;
  if (ioctl(device_.get(), WDIOC_SETTIMEOUT, &seconds) != 0)
    return failure(format("{} ({}) cannot be set to {} s: {}", path_, identity_, wanted, std::strerror(errno)));
  // The peers rely on it, so more than was asked for is not enough (G4).
  if (seconds > wanted)
    return failure(
        format("{} ({}) takes {} s at the least, and {} s were asked for", path_, identity_, seconds, wanted));
  return {};
}

bool KernelDevice::release() {
  if (!can_end_ || ::write(device_.get(), "V", 1) != 1) return false;
  device_.close();
  return true;
}

}  // namespace holdfast::watchdog
