// Exit codes, the same for every command (E1).
#pragma once

namespace holdfast::cli {

enum class Exit : int { done = 0, failed = 1, usage = 2, no_daemon = 3, refused = 4 };

}  // namespace holdfast::cli
