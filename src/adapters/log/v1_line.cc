#include "adapters/log/v1_line.h"

#include <array>
#include <cstdlib>
#include <ctime>

#include "base/format.h"

namespace holdfast::logging {

namespace {

constexpr std::size_t longest_field = 256;
constexpr std::size_t longest_text = 4096;  // at most four times as long when every byte is escaped

/// U+0080 to U+009F, which some terminals obey: C2 80 to C2 9F.
bool begins_c1_control(std::string_view text) {
  return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
}

void append_escaped(std::string& out, std::string_view text, std::size_t longest, bool colon_too) {
  const bool cut = text.size() > longest;
  text = text.substr(0, longest);
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    std::size_t taken = 1;
    if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (begins_c1_control(text)) {
      out += format("\\xc2\\x{:02x}", static_cast<unsigned char>(text[1]));
      taken = 2;
    } else if (byte < 0x20 || byte == 0x7f || (colon_too && byte == ':')) {
      out += format("\\x{:02x}", byte);
    } else {
      out += text[0];
    }
    text.remove_prefix(taken);
  }
  if (cut) out += "...";
}

std::string local_time(WallTime time) {
  const std::int64_t millis = ((time.millis % 1000) + 1000) % 1000;
  const auto seconds = static_cast<std::time_t>((time.millis - millis) / 1000);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  const long zone = parts.tm_gmtoff / 60;
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, millis, zone < 0 ? '-' : '+',
                std::labs(zone) / 60, std::labs(zone) % 60);
}

}  // namespace

std::string_view level_word(Severity severity) {
  constexpr std::array<std::string_view, 4> words{"INFO", "NOTIFY", "WARN", "ERROR"};
  const auto index = static_cast<std::size_t>(severity);
  return index < words.size() ? words[index] : words.back();
}

std::string v1_message(const LogLine& line) {
  std::string out(level_word(line.severity));
  for (const std::string* field : {&line.module, &line.action, &line.resource.value}) {
    out += ':';
    append_escaped(out, *field, longest_field, true);
  }
  out += format(":{:06}:", line.message);
  append_escaped(out, line.text, longest_text, false);
  return out;
}

std::string v1_line(const LineOrigin& origin, WallTime time, std::string_view message) {
  return format("{} {} {}[{}]: {}", local_time(time), origin.node, origin.program, origin.process, message);
}

}  // namespace holdfast::logging
