// The header of every piece of a message. Little-endian:
//
//   0  magic      4 bytes "HFST"
//   4  version    2  protocol version of this piece
//   6  lowest     1  that the sender can read
//   7  highest    1
//   8  checksum   4  crc32c of everything behind it
//  12  sender     4  NodeId
//  16  incarnation 8
//  24  sequence   8
//  32  number     2  of this piece, from 0
//  34  count      2  of pieces, from 1
//  36  content
//
// The first 12 bytes are the same in all versions: who cannot read the piece can still say what its sender speaks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "wire/versions.h"

namespace holdfast::wire {

struct PieceHeader {
  NodeId sender;
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;
  std::uint16_t number = 0;
  std::uint16_t count = 1;
  std::uint16_t version = built_speech.protocol.highest;
  VersionRange speaks = built_speech.protocol;  ///< of the sender
};

struct Piece {
  PieceHeader header;
  std::string_view content;  ///< within the bytes that were read
};

inline constexpr std::size_t piece_header_size = 36;

/// Fills the first piece_header_size bytes of `piece`, whose content stands behind them already.
void write_header(const PieceHeader& header, std::string& piece);

/// Looks at all that can be told from one piece: magic, version, checksum, limits. The error is one clear line.
/// `readable`: versions that may be read.
Result<Piece> read_piece(std::string_view bytes, VersionRange readable = built_speech.protocol);

}  // namespace holdfast::wire
