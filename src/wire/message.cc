#include "wire/message.h"

#include <algorithm>
#include <map>

#include "base/format.h"
#include "wire/limits.h"
#include "wire/piece.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace holdfast::wire {

namespace {

constexpr std::uint16_t with_weight = 2;  ///< the protocol version that brought `optional`

/// What of a message is not in the header of its pieces. The weight stands before the payload: who cannot read that
/// knows then whether it matters.
template <class OfMessage>
struct Body {
  OfMessage& message;
  std::uint16_t version;
  bool optional = false;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "epoch", self.message.epoch);
    if (self.version >= with_weight) visit(3, "optional", self.optional);
    visit(2, "payload", self.message.payload);
  }
};

std::string where(const PieceHeader& h) {
  return format("message {} of node {} (life {}), piece {} of {}", h.sequence, h.sender.value, h.incarnation,
                h.number + 1, h.count);
}

Result<std::optional<Message>> decode(const PieceHeader& header, std::string_view bytes) {
  Result<std::optional<Message>> result{std::in_place};
  Message& message = result->emplace();
  message.sender = header.sender;
  message.incarnation = header.incarnation;
  message.sequence = header.sequence;
  Body<Message> body{message, header.version};
  Reader reader(bytes);
  if (reader.read(body)) return result;
  if (body.optional && reader.met_unknown()) return std::optional<Message>{};
  return failure(where(header) + ": " + reader.error());
}

}  // namespace

Weight weight_of(const Payload& payload) {
  const bool passed_over =
      std::holds_alternative<VerifyDigest>(payload) || std::holds_alternative<ConfigOffer>(payload);
  return passed_over ? Weight::optional : Weight::binding;
}

std::vector<std::string> encode(const Message& message, std::size_t limit, Writing writing) {
  const Body<const Message> body{message, writing.version, weight_of(message.payload) == Weight::optional};
  PieceHeader header{message.sender, message.incarnation, message.sequence, 0, 1, writing.version, writing.speaks};
  const std::size_t room = std::max(limit, min_piece) - piece_header_size;

  std::vector<std::string> pieces;
  std::string whole = encode_described(body, piece_header_size);
  const std::size_t content = whole.size() - piece_header_size;
  if (content <= room) {
    write_header(header, whole);
    pieces.push_back(std::move(whole));
    return pieces;
  }
  const std::size_t count = (content + room - 1) / room;
  if (content > max_bytes || count > max_pieces) return pieces;
  header.count = static_cast<std::uint16_t>(count);
  pieces.reserve(count);
  for (std::size_t at = piece_header_size; at < whole.size(); at += room, ++header.number) {
    std::string& piece = pieces.emplace_back(piece_header_size, '\0');
    piece.append(whole, at, room);
    write_header(header, piece);
  }
  return pieces;
}

/// The half messages: one per sender at most, because a sender's pieces come in the order in which it sent them.
struct Assembler::Parts {
  struct Half {
    PieceHeader next;
    std::string bytes;
  };
  VersionRange readable;
  std::map<NodeId, Half> halves;

  Result<void> begin(const Piece& piece);
  Result<void> go_on(const Piece& piece);
};

Result<void> Assembler::Parts::begin(const Piece& piece) {
  const PieceHeader& h = piece.header;
  const auto old = halves.find(h.sender);
  if (old != halves.end()) {
    const PieceHeader& half = old->second.next;
    if (std::pair(h.incarnation, h.sequence) <= std::pair(half.incarnation, half.sequence))
      return failure(
          format("{}: came after a piece of its message {} (life {})", where(h), half.sequence, half.incarnation));
    halves.erase(old);  // the rest of it was lost, for example because the sender's daemon died
  }
  return {};
}

Result<void> Assembler::Parts::go_on(const Piece& piece) {
  const PieceHeader& h = piece.header;
  const auto found = halves.find(h.sender);
  if (found == halves.end()) return failure(where(h) + ": came without the pieces before it");
  Half& half = found->second;
  if (h.incarnation != half.next.incarnation || h.sequence != half.next.sequence || h.count != half.next.count ||
      h.number != half.next.number)
    return failure(format("{}: came where {} was expected", where(h), where(half.next)));
  if (half.bytes.size() + piece.content.size() > max_bytes) {
    halves.erase(found);
    return failure(format("{}: the message is longer than the {} bytes allowed", where(h), max_bytes));
  }
  return {};
}

Assembler::Assembler(VersionRange readable) : parts_(std::make_unique<Parts>()) { parts_->readable = readable; }
Assembler::~Assembler() = default;
Assembler::Assembler(Assembler&&) noexcept = default;
Assembler& Assembler::operator=(Assembler&&) noexcept = default;

Result<std::optional<Message>> Assembler::add(std::string_view bytes) {
  if (bytes.size() > max_bytes)
    return failure(format("a message of {} bytes; {} are allowed", bytes.size(), max_bytes));
  const Result<Piece> piece = read_piece(bytes, parts_->readable);
  if (!piece) return tl::unexpected(piece.error());
  const PieceHeader& header = piece->header;

  const Result<void> fits = header.number == 0 ? parts_->begin(*piece) : parts_->go_on(*piece);
  if (!fits) return tl::unexpected(fits.error());
  if (header.count == 1) return decode(header, piece->content);  // the common case: nothing is copied

  Parts::Half& half = parts_->halves[header.sender];
  half.next = header;
  ++half.next.number;
  half.bytes.append(piece->content);
  if (half.next.number < header.count) return std::optional<Message>{};
  const std::string whole = std::move(half.bytes);
  parts_->halves.erase(header.sender);
  return decode(header, whole);
}

void Assembler::forget(NodeId sender) { parts_->halves.erase(sender); }

}  // namespace holdfast::wire
