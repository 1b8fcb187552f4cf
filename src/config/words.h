// Words of the configuration: names, durations, and how they are shown in messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace holdfast::config {

/// Letters, digits, dash, dot, underscore; 1 to 63; begins with a letter or digit (it becomes a file name and an
/// argument of commands).
bool is_name(std::string_view text);
inline constexpr std::string_view name_rule =
    "a name has 1 to 63 letters, digits, dashes, dots and underscores, and begins with a letter or digit";

/// `"30s"`, `"500ms"`, `"2m"`, `"1h"`: a whole number and its unit. None if it is anything else or above 1000 hours.
std::optional<Millis> parse_duration(std::string_view text);
/// In the largest unit that divides it.
std::string show(Millis duration);

/// In quotes, cut after 80 bytes, control characters shown as `?`: what stands in the file, on one line.
std::string in_quotes(std::string_view text);
/// `a, b, c`
std::string join(const std::vector<std::string>& words);
/// ` (did you mean "x"?)` for the word of `known` that is close to `wrong`, else nothing.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace holdfast::config
