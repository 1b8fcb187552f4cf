// The name of this boot of the machine: another one means that nothing that ran before still runs.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace holdfast::files {

/// As Linux gives it, 36 characters.
Result<std::string> read_boot_id(const std::filesystem::path& file = "/proc/sys/kernel/random/boot_id");

}  // namespace holdfast::files
