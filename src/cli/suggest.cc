#include "cli/suggest.h"

#include "base/format.h"
#include "base/spelling.h"

namespace holdfast::cli {
std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string>& known) {
  std::string text = format("{} \"{}\": unknown", what, word.substr(0, 64));
  if (known.empty()) return text + "; none is configured";
  if (const std::string best = nearest_word(known, word); !best.empty()) text += format("; did you mean {}?", best);
  return text + format("{} known: {}", text.back() == '?' ? "" : ";", fmt::join(known, ", "));
}

}  // namespace holdfast::cli
