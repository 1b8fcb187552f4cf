// What a program wrote, as one line for logs, messages and JSON. Pure; any bytes are safe (E3).
#pragma once

#include <string>

namespace holdfast {

/// The end of `output` as one line of at most `limit` bytes of valid UTF-8, without control characters. What is not
/// valid becomes "?".
std::string tail_line(const std::string& output, std::size_t limit = 1024);

}  // namespace holdfast
