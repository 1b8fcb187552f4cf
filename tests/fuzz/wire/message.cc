// Any pieces from any senders. Input: pieces, each with a byte of flags and two bytes of length before it. Flag 1: the
// piece gets magic, version and checksum, so that what is behind them is reached.
#include "wire/message.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/crc32c.h"
#include "wire/piece.h"

namespace {

using namespace holdfast;

void put_u32(std::string& piece, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) piece[at + i] = static_cast<char>(value >> (8 * i));
}

std::string made_valid(std::string piece) {
  if (piece.size() < wire::piece_header_size) return piece;
  piece.replace(0, 4, "HFST");
  const auto version = static_cast<std::uint32_t>(1 + (piece[4] & 1));  // both that are read
  put_u32(piece, 4, version | 0x02010000);
  put_u32(piece, 8, wire::crc32c(std::string_view(piece).substr(12)));
  return piece;
}

void expect_comes_back(const wire::Message& message) {
  wire::Assembler assembler;
  std::optional<wire::Message> back;
  for (const std::string& piece : wire::encode(message, 100)) {
    Result<std::optional<wire::Message>> added = assembler.add(piece);
    if (!added || back) std::abort();
    back = std::move(*added);
  }
  if (!back || *back != message) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view left(reinterpret_cast<const char*>(bytes), size);
  wire::Assembler assembler;
  while (left.size() >= 3) {
    const bool valid = (left[0] & 1) != 0;
    const std::size_t length = static_cast<unsigned char>(left[1]) | static_cast<unsigned char>(left[2]) << 8;
    left.remove_prefix(3);
    const std::string piece(left.substr(0, length));
    left.remove_prefix(piece.size());
    const Result<std::optional<wire::Message>> added = assembler.add(valid ? made_valid(piece) : piece);
    if (!added && added.error().text.empty()) std::abort();
    if (added && *added) expect_comes_back(**added);
  }
  return 0;
}
