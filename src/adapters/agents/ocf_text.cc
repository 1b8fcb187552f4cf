#include "adapters/agents/ocf_text.h"

#include <algorithm>
#include <vector>

#include "base/format.h"

namespace holdfast {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// A terminal must not be given what an agent's author, or somebody who replaced the agent, wants it to do.
char shown(char c) {
  if (c == '\t') return ' ';
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    std::string& kept = out.emplace_back(line);
    std::ranges::transform(kept, kept.begin(), shown);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::size_t indentation_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

/// The indentation that all lines have; the first one often stands behind the tag, without any.
std::size_t common_indentation(const std::vector<std::string>& lines) {
  std::size_t least = std::string::npos;
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (!lines[i].empty()) least = std::min(least, indentation_of(lines[i]));
  return least == std::string::npos ? 0 : least;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : text) {
    if (is_blank(c)) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += shown(c);
  }
  return out;
}

std::string dedented(std::string_view text) {
  const std::vector<std::string> lines = lines_of(text);
  const std::size_t shared = common_indentation(lines);
  std::string out;
  bool gap = false;
  for (const std::string& line : lines) {
    if (line.empty()) {
      gap = !out.empty();
      continue;
    }
    if (!out.empty()) out += gap ? "\n\n" : "\n";
    gap = false;
    out += line.substr(std::min(&line == lines.data() ? indentation_of(line) : shared, indentation_of(line)));
  }
  return out;
}

std::string indented(std::string_view text, std::size_t indentation, std::size_t width) {
  std::string out;
  if (text.empty()) return out;
  for (const std::string& line : lines_of(text)) {
    const std::string begin(line.empty() ? 0 : indentation + indentation_of(line), ' ');
    std::string_view rest = std::string_view(line).substr(indentation_of(line));
    while (begin.size() + rest.size() > width) {
      std::size_t cut = begin.size() < width ? rest.rfind(' ', width - begin.size()) : std::string_view::npos;
      if (cut == std::string_view::npos || cut == 0) cut = rest.find(' ', 1);  // a word that is longer than the line
      if (cut == std::string_view::npos) break;
      out.append(begin).append(rest.substr(0, cut)) += '\n';
      rest.remove_prefix(std::min(rest.find_first_not_of(' ', cut), rest.size()));
    }
    out.append(begin).append(rest) += '\n';
  }
  return out;
}

std::string show(Millis time) {
  return time.count() % 1000 == 0 ? format("{}s", time.count() / 1000) : format("{}ms", time.count());
}

}  // namespace holdfast
