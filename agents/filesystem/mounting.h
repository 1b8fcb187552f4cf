// The mount itself, and the check of the file system before it.
#pragma once

#include "agents/filesystem/source.h"

namespace holdfast::agent {

/// Mounts what `situation` has found free to be mounted.
Answer mount_source(const Settings& settings, const Situation& situation);

/// Gives a mount the wanted options again, where it stands.
Answer remount(const Settings& settings, const Mount& mount);

/// The kernel counts errors of this file system (ext4), or has given it up.
bool has_errors(const Mount& mount);

/// The superblock of an ext2, ext3 or ext4 says that an error was met. False for anything else.
bool is_marked_with_errors(const std::string& device);

}  // namespace holdfast::agent
