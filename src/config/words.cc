#include "config/words.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/format.h"
#include "base/spelling.h"

namespace holdfast::config {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<Unit, 4> units{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::int64_t longest = 1000LL * 3'600'000;

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && is_letter_or_digit(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; });
}

std::optional<Millis> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& u : units)
    if (u.name == unit && count <= longest / u.millis) return Millis{count * u.millis};
  return std::nullopt;
}

std::string show(Millis duration) {
  if (duration.count() == 0) return "0s";
  for (auto u = units.rbegin(); u != units.rend(); ++u)
    if (duration.count() % u->millis == 0) return format("{}{}", duration.count() / u->millis, u->name);
  return format("{}ms", duration.count());
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 80;
  std::string out = "\"";
  std::size_t end = std::min(text.size(), most);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // whole UTF-8
  for (const char c : text.substr(0, end)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out + (end < text.size() ? "...\"" : "\"");
}

std::string join(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known) {
  const std::string best = nearest_word(known, wrong);
  return best.empty() ? "" : format(" (did you mean \"{}\"?)", best);
}

}  // namespace holdfast::config
