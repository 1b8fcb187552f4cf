// Pieces: their header, and how the Assembler puts them together.
#include "wire/message.h"

#include <gtest/gtest.h>

#include "wire/crc32c.h"
#include "wire/limits.h"
#include "wire/piece.h"

namespace holdfast::wire {
namespace {

Message message(std::uint32_t sender, std::uint64_t sequence, std::string why = "late") {
  Message m;
  m.sender = NodeId{sender};
  m.incarnation = 7;
  m.sequence = sequence;
  m.epoch = Epoch{NodeId{1}, 7, 3};
  m.payload = SyncWanted{std::move(why)};
  return m;
}

Message big(std::uint32_t sender, std::uint64_t sequence) { return message(sender, sequence, std::string(900, 'x')); }

std::string with_checksum(std::string piece) {
  const std::uint32_t sum = crc32c(std::string_view(piece).substr(12));
  for (std::size_t i = 0; i < 4; ++i) piece[8 + i] = static_cast<char>(sum >> (8 * i));
  return piece;
}

std::string error_of(Assembler& assembler, std::string_view piece) {
  const auto added = assembler.add(piece);
  return added ? (*added ? "a message" : "nothing yet") : added.error().text;
}

TEST(Piece, HeaderIsLaidOutAsTheHeaderFileSays) {
  const std::string piece = encode(message(2, 0x0102)).at(0);
  EXPECT_EQ(piece.substr(0, 8), std::string("HFST\2\0\1\2", 8));
  EXPECT_EQ(piece.substr(12, 24), std::string("\2\0\0\0"
                                              "\7\0\0\0\0\0\0\0"
                                              "\2\1\0\0\0\0\0\0"
                                              "\0\0"
                                              "\1\0",
                                              24));
  EXPECT_EQ(piece, with_checksum(piece));
}

TEST(Assembler, AMessageOfOnePiece) {
  Assembler assembler;
  const auto added = assembler.add(encode(message(2, 1)).at(0));
  ASSERT_TRUE(added);
  EXPECT_EQ(**added, message(2, 1));
}

TEST(Assembler, PiecesOfSeveralSendersMayBeMixed) {
  const auto one = encode(big(1, 1), 200);
  const auto two = encode(big(2, 1), 200);
  ASSERT_EQ(one.size(), 6U);
  Assembler assembler;
  for (std::size_t i = 0; i + 1 < one.size(); ++i) {
    EXPECT_EQ(error_of(assembler, one[i]), "nothing yet");
    EXPECT_EQ(error_of(assembler, two[i]), "nothing yet");
  }
  EXPECT_EQ(**assembler.add(two.back()), big(2, 1));
  EXPECT_EQ(**assembler.add(one.back()), big(1, 1));
}

TEST(Assembler, ABrokenPieceIsOneClearErrorAndChangesNothing) {
  const auto pieces = encode(big(1, 1), 500);
  ASSERT_EQ(pieces.size(), 2U);
  Assembler assembler;
  EXPECT_EQ(error_of(assembler, pieces[0]), "nothing yet");

  EXPECT_EQ(error_of(assembler, ""), "not a message of Holdfast: 0 bytes, the header alone has 36");
  EXPECT_EQ(error_of(assembler, "GET / HTTP/1.1\r\nHost: a.b.c.d\r\n\r\n    "),
            "not a message of Holdfast: it does not begin with HFST");
  std::string newer = pieces[1];
  newer[4] = 9;
  EXPECT_EQ(error_of(assembler, newer), "a message of protocol version 9; this build reads 1 to 2");
  std::string older = pieces[1];
  older[4] = 0;
  EXPECT_EQ(error_of(assembler, older), "a message of protocol version 0; this build reads 1 to 2");
  for (std::size_t at = 8; at < pieces[1].size(); ++at) {
    std::string broken = pieces[1];
    broken[at] = static_cast<char>(broken[at] ^ 1);
    EXPECT_EQ(error_of(assembler, broken), "a broken message: its checksum does not fit") << at;
  }
  std::string nobody = pieces[1];
  nobody[12] = 33;
  EXPECT_EQ(error_of(assembler, with_checksum(nobody)), "a message of node 33; nodes count from 1 to 32");
  std::string beyond = pieces[1];
  beyond[32] = 5;
  EXPECT_EQ(error_of(assembler, with_checksum(beyond)),
            "a message of node 1 in pieces that cannot be: 6 of 2, at most 4096");
  std::string many = pieces[1];
  many[35] = '\x7f';
  EXPECT_EQ(error_of(assembler, with_checksum(many)),
            "a message of node 1 in pieces that cannot be: 2 of 32514, at most 4096");

  EXPECT_EQ(error_of(assembler, pieces[1]), "a message");
}

TEST(Assembler, PiecesOutOfOrderAreRefused) {
  const auto pieces = encode(big(1, 4), 400);
  ASSERT_EQ(pieces.size(), 3U);
  Assembler assembler;
  EXPECT_EQ(error_of(assembler, pieces[1]),
            "message 4 of node 1 (life 7), piece 2 of 3: came without the pieces before it");
  EXPECT_EQ(error_of(assembler, pieces[0]), "nothing yet");
  EXPECT_EQ(error_of(assembler, pieces[2]),
            "message 4 of node 1 (life 7), piece 3 of 3: came where message 4 of node 1 (life 7), piece 2 of 3 was "
            "expected");
  EXPECT_EQ(error_of(assembler, pieces[0]),
            "message 4 of node 1 (life 7), piece 1 of 3: came after a piece of its message 4 (life 7)");
  EXPECT_EQ(error_of(assembler, encode(message(1, 3)).at(0)),
            "message 3 of node 1 (life 7), piece 1 of 1: came after a piece of its message 4 (life 7)");
  EXPECT_EQ(error_of(assembler, pieces[1]), "nothing yet");
  EXPECT_EQ(error_of(assembler, pieces[2]), "a message");
}

// The sender's daemon died half-way, and its next life speaks.
TEST(Assembler, ANewerMessageReplacesAHalfOne) {
  const auto pieces = encode(big(1, 4), 400);
  Assembler assembler;
  EXPECT_EQ(error_of(assembler, pieces[0]), "nothing yet");
  Message next = message(1, 1);
  next.incarnation = 8;
  EXPECT_EQ(error_of(assembler, encode(next).at(0)), "a message");
  EXPECT_NE(error_of(assembler, pieces[1]), "nothing yet");
}

TEST(Assembler, ForgetsASenderThatLeft) {
  const auto pieces = encode(big(1, 4), 400);
  Assembler assembler;
  EXPECT_EQ(error_of(assembler, pieces[0]), "nothing yet");
  assembler.forget(NodeId{1});
  EXPECT_EQ(error_of(assembler, pieces[0]), "nothing yet");
}

TEST(Assembler, HoldsABoundedAmountPerSender) {
  const std::string content(1024 * 1024, 'x');
  Assembler assembler;
  std::string last;
  for (std::uint16_t number = 0; number < 20 && last.size() < 20; ++number) {
    std::string piece = std::string(piece_header_size, '\0') + content;
    write_header({NodeId{1}, 1, 1, number, max_pieces}, piece);
    last = error_of(assembler, piece);
    EXPECT_EQ(last == "nothing yet", number < 16) << last;
  }
  EXPECT_EQ(last,
            "message 1 of node 1 (life 1), piece 17 of 4096: the message is longer than the 16777216 bytes allowed");
}

// Rolling upgrades (docs/decisions/0002, trap 16).

TEST(Versions, TheFirstTwelveBytesAreReadInAnyVersion) {
  const std::string piece = encode(message(2, 1), 1000, {7, {5, 9}}).at(0);
  const auto envelope = envelope_of(piece);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->version, 7);
  EXPECT_EQ(envelope->speaks, (VersionRange{5, 9}));
  EXPECT_FALSE(envelope_of("HFST")) << "too short";
  EXPECT_FALSE(envelope_of(std::string(100, 'x')));
  std::string nonsense = piece;
  nonsense[6] = 10;  // lowest beyond highest
  EXPECT_FALSE(envelope_of(nonsense));
}

TEST(Versions, AnOlderBuildReadsWhatIsWrittenForIt) {
  for (const Payload& payload : {Payload(SyncWanted{"x"}), Payload(VerifyDigest{7, {8}, 2}), Payload(Confirm{3})}) {
    Message sent = message(2, 1);
    sent.payload = payload;
    const std::string piece = encode(sent, 1000, {1, {1, 2}}).at(0);
    Assembler older({1, 1});
    const auto added = older.add(piece);
    ASSERT_TRUE(added) << added.error().text;
    EXPECT_EQ(**added, sent);
    Assembler newer;
    EXPECT_EQ(**newer.add(piece), sent);
  }
}

TEST(Versions, AnOlderBuildSaysWhatItCannotRead) {
  Assembler older({1, 1});
  EXPECT_EQ(error_of(older, encode(message(2, 1)).at(0)), "a message of protocol version 2; this build reads 1");
}

/// A message whose payload is of a kind that nobody knows yet.
std::string of_kind_99(char optional) {
  Message sent = message(2, 1);
  sent.payload = Alive{};
  std::string piece = encode(sent).at(0);
  const std::size_t at = piece.find(std::string("\x18\0", 2), piece_header_size);  // 3: optional
  EXPECT_NE(at, std::string::npos);
  piece[at + 1] = optional;
  // The payload, field 2, holds field 6 (Alive); make that field 99: two bytes of tag instead of one.
  const std::size_t payload = at + 2;
  EXPECT_EQ(piece[payload], '\x12');
  EXPECT_EQ(piece[payload + 2], '\x32');
  piece[payload + 1] = static_cast<char>(piece[payload + 1] + 1);
  piece.replace(payload + 2, 1, "\x9a\x06");
  return with_checksum(piece);
}

TEST(Versions, AKindThatIsNotKnownIsPassedOverIfItIsOptionalElseToldInOneLine) {
  Assembler assembler;
  EXPECT_EQ(error_of(assembler, of_kind_99(1)), "nothing yet");
  EXPECT_EQ(error_of(assembler, of_kind_99(0)),
            "message 1 of node 2 (life 7), piece 1 of 1: payload: none of the kinds known here");
}

TEST(Versions, AreReadFromText) {
  EXPECT_EQ(*speech_from("1-1/1"), (Speech{{1, 1}, 1}));
  EXPECT_EQ(*speech_from("2-17/200"), (Speech{{2, 17}, 200}));
  for (const char* wrong : {"", "1", "1-1", "1-1/", "2-1/1", "0-1/1", "1-1/0", "1-256/1", "1-1/1 ", "a-1/1", "1-1/1/1"})
    EXPECT_FALSE(speech_from(wrong)) << wrong;
}

TEST(Encode, RefusesWhatNoAssemblerTakes) {
  EXPECT_TRUE(encode(message(1, 1, std::string(max_bytes + 1, 'x'))).empty());
  EXPECT_TRUE(encode(message(1, 1, std::string(4097 * 30, 'x')), 64).empty());
}

TEST(Assembler, AWrongContentNamesTheField) {
  std::string piece = encode(message(1, 1)).at(0);
  piece[piece_header_size + 1] = '\x7f';
  Assembler assembler;
  EXPECT_EQ(error_of(assembler, with_checksum(piece)),
            "message 1 of node 1 (life 7), piece 1 of 1: epoch: a length beyond the end");
}

}  // namespace
}  // namespace holdfast::wire
