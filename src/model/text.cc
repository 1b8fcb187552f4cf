#include "model/text.h"

#include <algorithm>

#include "base/format.h"

namespace holdfast {

namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

void TextWriter::number(std::int64_t v) { out_ += std::to_string(v); }

void TextWriter::number(std::uint64_t v) { out_ += std::to_string(v); }

void TextWriter::hex(std::uint64_t v) { out_ += format("{:016x}", v); }

void TextWriter::quoted(std::string_view text) {
  out_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out_ += format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

void TextWriter::bare(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain))
    out_ += text;
  else
    quoted(text);
}

}  // namespace holdfast
