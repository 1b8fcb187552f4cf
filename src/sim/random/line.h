// One line of a random scenario. Its arguments draw random numbers, and C++ leaves open in which order a function's
// arguments are evaluated: g++ and clang++ differ. What stands in braces is evaluated from left to right by both.
#pragma once

#include <string>
#include <utility>

#include "base/format.h"

namespace holdfast::sim {

/// Always written with braces: Line{"cut {} {}", node(), node()}.
struct Line {
  template <class... Args>
  Line(fmt::format_string<Args...> form, Args&&... args)  // NOLINT(google-explicit-constructor): middle({...})
      : text(format(form, std::forward<Args>(args)...)) {}

  std::string text;
};

}  // namespace holdfast::sim
