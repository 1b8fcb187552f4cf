// Descriptions as agents write them, made fit to be shown: no control characters, no common indentation, no long lines.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace holdfast {

/// Words with one blank between them.
std::string one_line(std::string_view text);

/// The same lines without their common indentation, without blank lines at both ends, at most one between others.
std::string dedented(std::string_view text);

/// The lines of `text`, each with `indentation` blanks before it; one that is longer than `width` goes on in the next.
/// Ends with a line break, unless there is no text.
std::string indented(std::string_view text, std::size_t indentation, std::size_t width = 100);

/// As it is written in a configuration: 20s, 1500ms.
std::string show(Millis time);

}  // namespace holdfast
