#include "api/target.h"

#include <cctype>

#include "base/format.h"

namespace holdfast::api {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return failure("path: bad percent escape; allowed: % and two hexadecimal digits");
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

/// The part up to `separator`; cuts it and the separator off.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  Target target;
  text = text.substr(0, text.find('#'));
  std::string_view path = take(text, '?');
  if (path.empty() || path[0] != '/') return failure("path: must begin with /");
  path.remove_prefix(1);
  while (!path.empty()) {
    const Result<std::string> segment = decode(take(path, '/'));
    if (!segment) return tl::unexpected(segment.error());
    target.segments.push_back(*segment);
  }
  while (!text.empty()) {
    std::string_view field = take(text, '&');
    const Result<std::string> name = decode(take(field, '='));
    const Result<std::string> value = decode(field);
    if (!name) return tl::unexpected(name.error());
    if (!value) return tl::unexpected(value.error());
    if (!target.query.emplace(*name, *value).second)
      return failure(format("query field \"{}\": given twice", name->substr(0, 64)));
  }
  return target;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~')
      encoded += c;
    else
      encoded += format("%{:02X}", byte);
  }
  return encoded;
}

}  // namespace holdfast::api
