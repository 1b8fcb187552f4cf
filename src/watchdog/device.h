// The kernel's watchdog device. Source: Documentation/watchdog/watchdog-api.rst of Linux. Opening it arms it.
#pragma once

#include <cstdint>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"

namespace holdfast::watchdog {

class Device {
 public:
  virtual ~Device() = default;
  /// False: the kernel did not take it; the machine will be reset.
  virtual bool feed() = 0;
  /// It counts whole seconds: the next lower number, at least one. The error: it cannot be set.
  virtual Result<void> set_timeout(Millis timeout) = 0;
  /// Switches it off. False: it cannot be switched off (nowayout), and wants to be fed on.
  virtual bool release() = 0;
};

class KernelDevice final : public Device {
 public:
  /// Errors: not there, no watchdog, used by another program.
  static Result<KernelDevice> open(const std::string& path);

  bool feed() override;
  Result<void> set_timeout(Millis timeout) override;
  bool release() override;
  /// The driver's name.
  const std::string& identity() const { return identity_; }

 private:
  KernelDevice(Descriptor device, std::string path, std::string identity, bool can_end)
      : device_(std::move(device)), path_(std::move(path)), identity_(std::move(identity)), can_end_(can_end) {}

  Descriptor device_;
  std::string path_;
  std::string identity_;
  bool can_end_;
};

}  // namespace holdfast::watchdog
