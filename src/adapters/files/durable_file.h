// Files that are written whole or not at all (E2).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace holdfast::files {

/// Replaces the file: temporary file `<name>.new`, fsync, rename, fsync of the folder. When it returns without an error
/// the bytes outlast a power cut; after a kill at any instant one of the two stands whole; after an error the old one,
/// except where only the last step failed ("cannot make durable"). Blocks for as long as the disk takes.
Result<void> replace_file(const std::filesystem::path& file, std::string_view bytes, mode_t mode);

/// None if there is no such file. An error if it cannot be read or is longer than `limit`.
Result<std::optional<std::string>> read_file(const std::filesystem::path& file, std::size_t limit);

/// An error if fewer than `reserve` bytes would stay free for others on the folder's disk.
Result<void> check_room(const std::filesystem::path& folder, std::size_t bytes, std::size_t reserve);

/// "<what> <file>: <why>", for example "cannot open /etc/x: Permission denied".
Error system_error(std::string_view what, const std::filesystem::path& file, int number);

namespace detail {
/// All bytes, over short writes and interruptions. 0 or errno.
int write_all(int descriptor, std::string_view bytes);
/// Makes the folder's entries durable. 0 or errno.
int sync_folder_of(const std::filesystem::path& file);
}  // namespace detail

}  // namespace holdfast::files
