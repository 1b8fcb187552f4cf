// The log's line (V1):
//   <time> <node> <program>[<pid>]: <LEVEL>:<module>:<action>:<resource>:<6-digit id>:<text>
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/time.h"
#include "ports/log_sink.h"

namespace holdfast::logging {

/// Who writes.
struct LineOrigin {
  std::string node;
  std::string program;
  pid_t process = 0;
};

/// INFO, NOTIFY, WARN, ERROR.
std::string_view level_word(Severity severity);

/// `<LEVEL>:<module>:<action>:<resource>:<6-digit id>:<text>`: one line whatever the text, of at most about 16 KiB.
/// Control characters stand as \n, \t, \x1b; a colon within a field before the text as \x3a.
std::string v1_message(const LogLine& line);

/// The whole line without a newline. The time is local, in ISO 8601 with milliseconds and zone.
std::string v1_line(const LineOrigin& origin, WallTime time, std::string_view message);

}  // namespace holdfast::logging
