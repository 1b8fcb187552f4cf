#include "config/problems.h"

#include <algorithm>
#include <tuple>

#include "base/format.h"

namespace holdfast::config {

bool Problems::has_errors() const {
  return std::any_of(found_.begin(), found_.end(), [](const Problem& p) { return !p.warning; });
}

std::vector<Problem> Problems::take() {
  std::stable_sort(found_.begin(), found_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return std::move(found_);
}

std::string to_line(const Problem& problem) {
  const std::string place = problem.line > 0 ? format("{}:{}", problem.file, problem.line) : problem.file;
  return format("{}: {}{}", place, problem.warning ? "warning: " : "", problem.text);
}

}  // namespace holdfast::config
