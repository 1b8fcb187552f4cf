// The bytes of our files: one line "<kind> <format> <crc32c in hex> <bytes>", then the content.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace holdfast::files {

/// `kind`: what the file begins with, for example "holdfast-state".
std::string framed(std::string_view kind, std::string_view content);

/// The content. Any bytes may come (E3); the error says what is wrong with them.
Result<std::string_view> unframed(std::string_view kind, std::string_view bytes);

/// Longer ones are damaged.
extern const std::size_t max_framed;

}  // namespace holdfast::files
