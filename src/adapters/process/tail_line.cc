#include "adapters/process/tail_line.h"

#include <algorithm>
#include <string_view>

namespace holdfast {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// The length of the UTF-8 character that `text` begins with; 0 if it does not begin with a valid one (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation)) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool too_great = first == 0xf4 && second >= 0x90;
  return overlong || surrogate || too_great ? 0 : length;
}

}  // namespace

std::string tail_line(const std::string& output, std::size_t limit) {
  std::string line;
  for (std::size_t i = 0; i < output.size();) {
    const std::size_t length = utf8_length(std::string_view(output).substr(i));
    const auto byte = static_cast<unsigned char>(output[i]);
    if (length == 0)
      line += '?';
    else if (length > 1 || (byte >= 0x20 && byte != 0x7f))
      line.append(output, i, length);
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
    i += std::max<std::size_t>(length, 1);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() > limit) {
    line.erase(0, line.size() - limit);
    // Not in the middle of a character.
    while (!line.empty() && is_continuation(line.front())) line.erase(0, 1);
  }
  return line;
}

}  // namespace holdfast
