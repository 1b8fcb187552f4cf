#include "wire/piece.h"

#include <google/protobuf/io/coded_stream.h>

#include "base/format.h"
#include "wire/crc32c.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace holdfast::wire {

namespace {

using Output = google::protobuf::io::CodedOutputStream;
using Input = google::protobuf::io::CodedInputStream;

constexpr std::uint32_t magic = 0x54534648;  // "HFST", little-endian
constexpr std::size_t checksum_offset = 8;
constexpr std::size_t checked_offset = 12;

const std::uint8_t* at(std::string_view bytes, std::size_t offset) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data()) + offset;
}

std::uint32_t u32(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  Input::ReadLittleEndian32FromArray(at(bytes, offset), &value);
  return value;
}

std::uint16_t u16(std::string_view bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(*at(bytes, offset) | *at(bytes, offset + 1) << 8);
}

std::uint64_t u64(std::string_view bytes, std::size_t offset) {
  std::uint64_t value = 0;
  Input::ReadLittleEndian64FromArray(at(bytes, offset), &value);
  return value;
}

}  // namespace

void write_header(const PieceHeader& header, std::string& piece) {
  auto* out = reinterpret_cast<std::uint8_t*>(piece.data());
  Output::WriteLittleEndian32ToArray(magic, out);
  Output::WriteLittleEndian32ToArray(
      header.version | std::uint32_t{header.speaks.lowest} << 16 | std::uint32_t{header.speaks.highest} << 24, out + 4);
  std::uint8_t* checked = out + checked_offset;
  checked = Output::WriteLittleEndian32ToArray(header.sender.value, checked);
  checked = Output::WriteLittleEndian64ToArray(header.incarnation, checked);
  checked = Output::WriteLittleEndian64ToArray(header.sequence, checked);
  Output::WriteLittleEndian32ToArray(static_cast<std::uint32_t>(header.count) << 16 | header.number, checked);
  Output::WriteLittleEndian32ToArray(crc32c(std::string_view(piece).substr(checked_offset)), out + checksum_offset);
}

std::optional<Envelope> envelope_of(std::string_view bytes) {
  if (bytes.size() < piece_header_size || u32(bytes, 0) != magic) return std::nullopt;
  const Envelope envelope{u16(bytes, 4), {*at(bytes, 6), *at(bytes, 7)}};
  if (envelope.speaks.empty() || !envelope.speaks.has(envelope.version)) return std::nullopt;
  return envelope;
}

Result<Piece> read_piece(std::string_view bytes, VersionRange readable) {
  if (bytes.size() < piece_header_size)
    return failure(
        format("not a message of Holdfast: {} bytes, the header alone has {}", bytes.size(), piece_header_size));
  if (u32(bytes, 0) != magic) return failure("not a message of Holdfast: it does not begin with HFST");
  const std::uint16_t version = u16(bytes, 4);
  if (!readable.has(version))
    return failure(format("a message of protocol version {}; this build reads {}", version, words_of(readable)));
  if (u32(bytes, checksum_offset) != crc32c(bytes.substr(checked_offset)))
    return failure("a broken message: its checksum does not fit");

  Piece piece;
  piece.header.version = version;
  piece.header.speaks = {*at(bytes, 6), *at(bytes, 7)};
  piece.header.sender = NodeId{u32(bytes, 12)};
  piece.header.incarnation = u64(bytes, 16);
  piece.header.sequence = u64(bytes, 24);
  const std::uint32_t numbers = u32(bytes, 32);
  piece.header.number = static_cast<std::uint16_t>(numbers & 0xffff);
  piece.header.count = static_cast<std::uint16_t>(numbers >> 16);
  piece.content = bytes.substr(piece_header_size);
  const PieceHeader& h = piece.header;
  if (h.sender.value < 1 || h.sender.value > max_node)
    return failure(format("a message of node {}; nodes count from 1 to {}", h.sender.value, max_node));
  if (h.count < 1 || h.count > max_pieces || h.number >= h.count)
    return failure(format("a message of node {} in pieces that cannot be: {} of {}, at most {}", h.sender.value,
                          h.number + 1, h.count, max_pieces));
  return piece;
}

}  // namespace holdfast::wire
