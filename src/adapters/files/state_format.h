// The state file's bytes: an encoded DurableState in a frame (framed.h).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/durable.h"

namespace holdfast::files {

std::string state_file_bytes(const DurableState& state);

/// Any bytes may come (E3). The error says what is wrong with them.
Result<DurableState> parse_state_file(std::string_view bytes);

}  // namespace holdfast::files
