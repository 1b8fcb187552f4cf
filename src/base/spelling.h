// "Did you mean ...?": which known word a wrong one is a slip of.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// Insertions, deletions, replacements and swaps of neighbours that make one word of the other; upper and lower case
/// are the same.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1)});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

/// The first of the known words that are spelled most like `wrong`; empty if none is near enough, or `wrong` is so long
/// (over 128 bytes) that it is no slip.
inline std::string nearest_word(const std::vector<std::string>& known, std::string_view wrong) {
  constexpr std::size_t longest = 128;
  if (wrong.size() > longest) return {};
  const std::string* best = nullptr;
  std::size_t least = 0;
  for (const std::string& word : known) {
    const std::size_t distance = edit_distance(word, wrong);
    if (distance > 1 + word.size() / 4 || distance * 2 > word.size()) continue;  // "ip" is no misspelt "fs"
    if (best == nullptr || distance < least) best = &word, least = distance;
  }
  return best == nullptr ? std::string{} : *best;
}

}  // namespace holdfast
