// What a resource mounts, found on this node, and where it stands in the mount table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/filesystem/mounts.h"
#include "agents/filesystem/settings.h"
#include "base/result.h"

namespace holdfast::agent {

struct Source {
  std::string name;             ///< as mount(2) takes it: a tag is resolved
  std::optional<dev_t> device;  ///< of a block device
};

/// How it stands on this node now.
struct Situation {
  std::vector<Mount> mounts;
  std::string mount_point;  ///< as the kernel names it: symbolic links above it are followed
  std::optional<Source> source;
  std::string trouble;             ///< why there is no source
  std::optional<Mount> ours;       ///< our source at our mount point, visible or covered
  std::optional<Mount> top;        ///< what is seen at the mount point
  std::optional<Mount> elsewhere;  ///< our block device at another mount point, but not at ours
};

/// Touches no mount point that stands in the mount table under its own name.
Result<Situation> look(const Settings& settings);

/// Remembers the device's number, for the time when the device itself is gone; and forgets it.
void remember_device(const Settings& settings, const Source& source);
void forget_device(const Settings& settings);

/// Several mounts of one device are its way of working: btrfs with subvolumes.
bool is_shared_by_subvolumes(const Settings& settings);

}  // namespace holdfast::agent
