#include "api/log_filter.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace holdfast::api {
namespace {

constexpr std::array<std::string_view, 5> level_words{"INFO", "NOTIFY", "WARN", "ERROR", "EMERG"};

/// Cuts off up to the next separator; nothing if there is none.
std::optional<std::string_view> take(std::string_view& rest, std::string_view separator) {
  const std::size_t at = rest.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view word = rest.substr(0, at);
  rest.remove_prefix(at + separator.size());
  return word;
}

/// `<time> <node> <program>[<pid>`; the time itself may hold blanks.
bool take_head(std::string_view head, LogRecord& record) {
  const std::size_t bracket = head.rfind('[');
  if (bracket == std::string_view::npos) return false;
  head = head.substr(0, bracket);
  const std::size_t program = head.rfind(' ');
  if (program == std::string_view::npos || program == 0) return false;
  record.program = head.substr(program + 1);
  head = head.substr(0, program);
  const std::size_t node = head.rfind(' ');
  if (node == std::string_view::npos) return false;
  record.node = head.substr(node + 1);
  record.time = head.substr(0, node);
  return true;
}

/// Seconds east of UTC: "Z", "+09:00", "-0330".
std::optional<long> zone_seconds(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  const std::string digits(text.substr(1));
  const char* form = digits.find(':') == std::string::npos ? "%2d%2d" : "%2d:%2d";
  if (std::sscanf(digits.c_str(), form, &hours, &minutes) != 2) return std::nullopt;
  const long seconds = hours * 3600L + minutes * 60L;
  return text[0] == '-' ? -seconds : seconds;
}

/// ".123456" at the front, in milliseconds.
std::int64_t take_fraction(std::string_view& rest) {
  if (rest.empty() || (rest[0] != '.' && rest[0] != ',')) return 0;
  rest.remove_prefix(1);
  std::int64_t millis = 0;
  std::int64_t unit = 100;
  for (; !rest.empty() && std::isdigit(static_cast<unsigned char>(rest[0])) != 0; rest.remove_prefix(1), unit /= 10)
    millis += (rest[0] - '0') * unit;
  return millis;
}

WallTime to_wall(std::tm parts, std::optional<long> zone, std::int64_t millis) {
  parts.tm_isdst = -1;
  const std::time_t seconds = zone ? timegm(&parts) - *zone : mktime(&parts);
  return WallTime{static_cast<std::int64_t>(seconds) * 1000 + millis};
}

std::optional<std::int64_t> ago_millis(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  std::int64_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop != end || count < 0 || count > 1'000'000) return std::nullopt;
  switch (text.back()) {
    case 's':
      return count * 1000;
    case 'm':
      return count * 60'000;
    case 'h':
      return count * 3'600'000;
    case 'd':
      return count * 86'400'000;
    default:
      return std::nullopt;
  }
}

/// "2026-01-31": its midnight.
std::optional<WallTime> date_alone(std::string_view text) {
  const std::string copy(text.substr(0, 16));
  std::tm parts{};
  int used = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &used) != 3 ||
      used != static_cast<int>(text.size()))
    return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return to_wall(parts, std::nullopt, 0);
}

/// "12:00" or "12:00:30" of today.
std::optional<WallTime> time_of_day(std::string_view text, WallTime now) {
  const std::string copy(text.substr(0, 16));
  const std::time_t seconds = static_cast<std::time_t>(now.millis / 1000);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  parts.tm_sec = 0;
  int minutes_end = 0;
  int seconds_end = 0;
  const int fields = std::sscanf(copy.c_str(), "%2d:%2d%n:%2d%n", &parts.tm_hour, &parts.tm_min, &minutes_end,
                                 &parts.tm_sec, &seconds_end);
  if (fields < 2 || (fields == 3 ? seconds_end : minutes_end) != static_cast<int>(text.size())) return std::nullopt;
  return to_wall(parts, std::nullopt, 0);
}

}  // namespace

std::optional<LogRecord> parse_log_line(std::string_view line) {
  LogRecord record;
  const std::optional<std::string_view> head = take(line, "]: ");
  if (!head || !take_head(*head, record)) return std::nullopt;
  const auto level = take(line, ":");
  const auto module = take(line, ":");
  const auto action = take(line, ":");
  const auto resource = take(line, ":");
  const auto message = take(line, ":");
  if (!level || !module || !action || !resource || !message) return std::nullopt;
  const Result<LogLevel> known = parse_level(*level);
  if (!known) return std::nullopt;
  record.level_word = *level;
  record.level = *known;
  record.module = *module;
  record.action = *action;
  record.resource = *resource;
  record.message = *message;
  record.text = line;
  return record;
}

bool matches(const LogFilter& filter, std::string_view line) {
  if (filter == LogFilter{}) return true;
  const std::optional<LogRecord> record = parse_log_line(line);
  if (!record) return false;
  if (filter.level && record->level < *filter.level) return false;
  if (!filter.resource.empty() && record->resource != filter.resource) return false;
  if (!filter.node.empty() && record->node != filter.node) return false;
  if (!filter.module.empty() && record->module != filter.module) return false;
  if (filter.since) {
    const std::optional<WallTime> at = parse_time(record->time);
    if (at && *at < *filter.since) return false;
  }
  return true;
}

Result<LogLevel> parse_level(std::string_view text) {
  std::string capital(text);
  for (char& c : capital) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (std::size_t i = 0; i < level_words.size(); ++i)
    if (capital == level_words[i]) return static_cast<LogLevel>(i);
  return failure("level \"" + std::string(text.substr(0, 64)) +
                 "\": unknown; allowed: info, notify, warn, error, emerg");
}

std::optional<WallTime> parse_time(std::string_view text) {
  const std::string copy(text.substr(0, 48));
  std::tm parts{};
  char between = 0;
  int length = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2d%c%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &between,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &length) != 7 ||
      (between != 'T' && between != ' '))
    return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  std::string_view rest = std::string_view(copy).substr(static_cast<std::size_t>(length));
  const std::int64_t millis = take_fraction(rest);
  if (rest.empty()) return to_wall(parts, std::nullopt, millis);
  const std::optional<long> zone = zone_seconds(rest);
  return zone ? std::optional(to_wall(parts, zone, millis)) : std::nullopt;
}

Result<WallTime> parse_since(std::string_view text, WallTime now) {
  if (const auto ago = ago_millis(text)) return WallTime{now.millis - *ago};
  for (const auto& read : {parse_time(text), date_alone(text), time_of_day(text, now)})
    if (read) return *read;
  return failure(
      "time \"" + std::string(text.substr(0, 64)) +
      "\": not understood; allowed: 2026-01-31T12:00:00, 2026-01-31, 12:00, or so long ago: 90s, 10m, 2h, 1d");
}

}  // namespace holdfast::api
