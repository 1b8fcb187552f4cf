#include "adapters/agents/exit_reason.h"

#include <algorithm>
#include <string_view>

#include "adapters/process/tail_line.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr std::size_t reason_limit = 300;
constexpr std::size_t output_limit = 600;
constexpr std::string_view reason_prefix = "ocf-exit-reason:";

struct Lines {
  std::string_view reason;
  std::string_view error;
  std::string_view last;
};

Lines lines_of(const std::string& output) {
  Lines out;
  for (std::string_view rest = output; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    if (line.starts_with(reason_prefix)) out.reason = line.substr(reason_prefix.size());
    if (line.find("ERROR: ") != std::string_view::npos) out.error = line;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) out.last = line;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

/// "Nov 22 11:17:03 ERROR: text", "ERROR: text"
std::string_view without_stamp(std::string_view line) {
  for (const std::string_view level : {" ERROR: ", " WARNING: ", " INFO: ", " CRIT: ", " NOTICE: "})
    if (const std::size_t at = line.find(level); at != std::string_view::npos && at < 40)
      return line.substr(at + level.size());
  return line;
}

std::string shown(std::string_view line) {
  const std::string text = tail_line(std::string(line), reason_limit);
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

}  // namespace

std::string exit_reason(const std::string& output) {
  const Lines lines = lines_of(output);
  return shown(without_stamp(!lines.reason.empty() ? lines.reason : !lines.error.empty() ? lines.error : lines.last));
}

std::string reason_and_output(const std::string& output) {
  const std::string reason = shown(lines_of(output).reason);
  if (reason.empty()) return tail_line(output);
  const std::string tail = tail_line(output, output_limit);
  return tail == std::string(reason_prefix) + reason ? reason : format("{}; its output: {}", reason, tail);
}

}  // namespace holdfast
