// Lines of the log (V1) as values, and which of them an operator asked for (V2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace holdfast::api {

/// Of increasing weight, as the words INFO, NOTIFY, WARN, ERROR, EMERG.
enum class LogLevel : std::uint8_t { info, notify, warn, error, emerg };

/// `<time> <node> <program>[<pid>]: <LEVEL>:<module>:<action>:<resource>:<6-digit id>:<text>`
struct LogRecord {
  std::string time;  ///< as written
  std::string node;
  std::string program;
  std::string level_word;
  LogLevel level = LogLevel::info;
  std::string module;
  std::string action;
  std::string resource;
  std::string message;  ///< six digits
  std::string text;
  bool operator==(const LogRecord&) const = default;
};

/// Nothing for what is no log line (a torn one, a part of a program's output).
std::optional<LogRecord> parse_log_line(std::string_view line);

struct LogFilter {
  std::optional<LogLevel> level;  ///< this and weightier
  std::string resource;           ///< empty: all
  std::string node;               ///< empty: all
  std::string module;             ///< empty: all
  std::optional<WallTime> since;
  bool operator==(const LogFilter&) const = default;
};

bool matches(const LogFilter& filter, std::string_view line);

/// info, notify, warn, error, emerg in small or capital letters; an error names them.
Result<LogLevel> parse_level(std::string_view text);

/// "2026-01-31T12:00:00[.123][Z|+09:00]" or with a blank instead of T; without a zone it is local time.
std::optional<WallTime> parse_time(std::string_view text);

/// What --since takes: a time as above, its date or its time of day alone, or so long ago: "90s", "10m", "2h", "1d".
Result<WallTime> parse_since(std::string_view text, WallTime now);

}  // namespace holdfast::api
