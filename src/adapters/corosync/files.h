// The small files that corosync is started with.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace holdfast::corosync {

/// The whole content, or nothing if the file cannot be read.
std::optional<std::string> read_file(const std::string& path);

/// Whole or not at all. Not durable: for files that a reboot removes.
[[nodiscard]] Result<void> write_file(const std::string& path, std::string_view bytes, mode_t mode);

/// The cluster's key, if it can serve as one: 128 to 4096 bytes.
[[nodiscard]] Result<std::string> read_key(const std::string& path);

}  // namespace holdfast::corosync
