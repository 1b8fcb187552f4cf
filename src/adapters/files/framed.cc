#include "adapters/files/framed.h"

#include <charconv>

#include "base/format.h"
#include "wire/crc32c.h"
#include "wire/limits.h"

namespace holdfast::files {

namespace {

constexpr unsigned current_format = 1;
constexpr std::size_t longest_header = 64;

/// Takes a number and the one character behind it from the front of `text`.
template <class Number>
bool take(std::string_view& text, Number& number, int base, char end) {
  const char* last = text.data() + text.size();
  const auto [at, wrong] = std::from_chars(text.data(), last, number, base);
  if (wrong != std::errc{} || at == last || *at != end) return false;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()) + 1);
  return true;
}

}  // namespace

const std::size_t max_framed = wire::max_bytes + longest_header;

std::string framed(std::string_view kind, std::string_view content) {
  return format("{} {} {:08x} {}\n", kind, current_format, wire::crc32c(content), content.size()).append(content);
}

Result<std::string_view> unframed(std::string_view kind, std::string_view bytes) {
  if (!bytes.starts_with(format("{} ", kind))) return failure(format("it does not begin with \"{}\"", kind));
  bytes.remove_prefix(kind.size() + 1);
  unsigned version = 0;
  std::uint32_t checksum = 0;
  std::size_t length = 0;
  if (!take(bytes, version, 10, ' ')) return failure("its first line is broken");
  if (version != current_format)
    return failure(format("it is of format {}; this build reads {}", version, current_format));
  if (!take(bytes, checksum, 16, ' ') || !take(bytes, length, 10, '\n')) return failure("its first line is broken");
  if (bytes.size() != length) return failure(format("it has {} bytes of content instead of {}", bytes.size(), length));
  if (wire::crc32c(bytes) != checksum) return failure("its checksum does not fit");
  return bytes;
}

}  // namespace holdfast::files
