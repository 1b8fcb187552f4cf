// The state file's bytes: one line "holdfast-state <format> <crc32c in hex> <bytes>", then the encoded DurableState.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/durable.h"

namespace holdfast::files {

std::string state_file_bytes(const DurableState& state);

/// Any bytes may come (E3). The error says what is wrong with them.
Result<DurableState> parse_state_file(std::string_view bytes);

/// Longer ones are damaged.
extern const std::size_t max_state_file;

}  // namespace holdfast::files
