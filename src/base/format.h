// g++ 12 has no <format>: fmt behind one alias.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace holdfast {
using fmt::format;
}  // namespace holdfast
