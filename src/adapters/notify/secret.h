// Passwords and tokens that stand in files of their own.
#pragma once

#include <string>

#include "base/result.h"

namespace holdfast::notify {

/// The first line of the file, without its end. Read anew each time: it may be changed while the daemon runs.
Result<std::string> read_secret(const std::string& file);

}  // namespace holdfast::notify
