// What a call of kind `disk` is about: its parameters, and the cluster around it as the daemon tells it.
#pragma once

#include <string>
#include <vector>

#include "agents/disk/take.h"
#include "agents/ocf.h"
#include "base/result.h"

namespace holdfast::agent::disk {

struct Settings {
  std::string resource;
  std::vector<std::string> devices;  ///< as configured: one disk, over one or several paths
  Claim claim;                       ///< but for `lasting`, which the device says
  std::string record;                ///< of the watch
};

/// Errors of parameters; one line.
Result<Settings> read_settings(const Invocation& call);
/// Whose key it is, from the environment; into settings.claim. Error: it is not told.
Result<void> read_identity(Settings& settings);
/// The kernel's devices: every path of every configured device. Error: one is not there.
Result<std::vector<std::string>> all_paths(const Settings& settings);
/// Likewise, without those that are not there now.
std::vector<std::string> present_paths(const Settings& settings);

}  // namespace holdfast::agent::disk
