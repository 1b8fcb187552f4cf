#include "wire/versions.h"

#include <charconv>

#include "base/format.h"

namespace holdfast::wire {

namespace {

/// Takes a number from 1 to 255 and the character behind it from the front of `text`; '\0': nothing may follow.
bool take(std::string_view& text, std::uint16_t& number, char behind) {
  const auto [at, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc{} || number < 1 || number > 255) return false;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  if (behind == '\0') return text.empty();
  if (text.empty() || text.front() != behind) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string words_of(VersionRange range) {
  return range.lowest == range.highest ? format("{}", range.lowest) : format("{} to {}", range.lowest, range.highest);
}

Result<Speech> speech_from(std::string_view text) {
  Speech speech;
  std::uint16_t level = 0;
  std::string_view rest = text;
  const bool read = take(rest, speech.protocol.lowest, '-') && take(rest, speech.protocol.highest, '/') &&
                    take(rest, level, '\0') && !speech.protocol.empty();
  if (!read) return failure(format("\"{}\": allowed: LOWEST-HIGHEST/LEVEL, for example 1-1/1", text));
  speech.feature_level = level;
  return speech;
}

}  // namespace holdfast::wire
