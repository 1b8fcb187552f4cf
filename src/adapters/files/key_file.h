// The cluster's key, which the engine encrypts with (L7): the same on all nodes, 256 random bytes, for root only.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "base/result.h"

namespace holdfast::files {

inline constexpr std::size_t key_size = 256;

/// Writes a new key, mode 0600. An error if the file exists: a key is never overwritten.
Result<void> create_key_file(const std::filesystem::path& file);

/// Whether the file can be the key: a plain file of 256 bytes, of `owner`, closed to everybody else.
Result<void> check_key_file(const std::filesystem::path& file, uid_t owner = 0);

/// Its 256 bytes, if check_key_file() has nothing to say against it.
Result<std::string> read_key_file(const std::filesystem::path& file, uid_t owner = 0);

}  // namespace holdfast::files
