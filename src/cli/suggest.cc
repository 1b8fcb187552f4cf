#include "cli/suggest.h"

#include <algorithm>
#include <numeric>

#include "base/format.h"

namespace holdfast::cli {
namespace {

/// Insertions, deletions, replacements and swaps of neighbours that make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string>& known) {
  std::string text = format("{} \"{}\": unknown", what, word.substr(0, 64));
  if (known.empty()) return text + "; none is configured";
  const auto best = std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
    return distance(word.substr(0, 64), a) < distance(word.substr(0, 64), b);
  });
  const std::size_t tolerated = 1 + best->size() / 4;
  if (distance(word.substr(0, 64), *best) <= tolerated) text += format("; did you mean {}?", *best);
  return text + format("{} known: {}", text.back() == '?' ? "" : ";", fmt::join(known, ", "));
}

}  // namespace holdfast::cli
