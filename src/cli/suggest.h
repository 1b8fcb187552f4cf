// "Did you mean ...?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::cli {

/// `unknown "wbe"; did you mean web? known: web, web-ip`, after `what`, for example "resource".
std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string>& known);

}  // namespace holdfast::cli
