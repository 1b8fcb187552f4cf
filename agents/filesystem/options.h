// Mount options: what the operator asked for, and whether a mount has it. Pure.
#pragma once

#include <string>
#include <vector>

#include "agents/filesystem/mounts.h"
#include "base/result.h"

namespace holdfast::agent {

struct WantedOptions {
  std::string text;  ///< as mount(8) takes them
  bool read_only = false;
  bool bind = false;
};

/// Error: an option that makes no sense for a resource (remount, move, loop), or two that contradict each other.
Result<WantedOptions> read_options(const std::string& text);

/// Why `mount` is not as wanted; empty: it is. Only what was asked for is compared, and rw or ro always: kernels change
/// the options that they show of themselves.
std::string difference(const WantedOptions& wanted, const Mount& mount);

/// The kernel has given the file system up after an error: a remount would not help.
bool has_given_up(const Mount& mount);

}  // namespace holdfast::agent
