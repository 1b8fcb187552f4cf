#include <scsi/sg_lib.h>

#include <cstring>

#include "agents/disk/protocol.h"
#include "base/format.h"

namespace holdfast::agent::disk {
namespace {

constexpr std::size_t head_size = 8;
constexpr std::size_t key_size = 8;
constexpr std::size_t reservation_size = 16;
constexpr std::uint8_t type_mask = 0x0f;
constexpr std::uint8_t unknown_command = 0x20;  // additional sense codes
constexpr std::uint8_t unknown_field = 0x24;    // of the command: its service action

std::uint64_t number(View bytes, std::size_t place, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) out = out << 8 | bytes[place + i];
  return out;
}

struct Head {
  std::uint32_t generation = 0;
  std::size_t length = 0;  ///< of what follows
};

Result<Head> parse_head(View answer, std::size_t unit) {
  if (answer.size() < head_size)
    return failure(format("{} bytes came, where {} or more were expected", answer.size(), head_size));
  const Head head{static_cast<std::uint32_t>(number(answer, 0, 4)), static_cast<std::size_t>(number(answer, 4, 4))};
  if (head.length > answer.size() - head_size)
    return failure(format("{} bytes were announced and {} came", head.length, answer.size() - head_size));
  if (head.length % unit != 0) return failure(format("{} bytes are no whole number of entries", head.length));
  return head;
}

/// Fixed or descriptor format.
std::string words_of(const sg_scsi_sense_hdr& sense) {
  return format("sense key {:x}, {:02x}/{:02x}", sense.sense_key, sense.asc, sense.ascq);
}

Reply judge_sense(View sense) {
  sg_scsi_sense_hdr head{};
  if (sense.empty() || !sg_scsi_normalize_sense(sense.data(), static_cast<int>(sense.size()), &head))
    return {Outcome::failed, {}, "an error without a cause"};
  switch (head.sense_key) {
    case SPC_SK_NO_SENSE:
    case SPC_SK_RECOVERED_ERROR:
      return {Outcome::good, {}, ""};
    case SPC_SK_UNIT_ATTENTION:
      return {Outcome::attention, {}, words_of(head)};
    case SPC_SK_ILLEGAL_REQUEST:
      return {head.asc == unknown_command || head.asc == unknown_field ? Outcome::unsupported : Outcome::failed,
              {},
              words_of(head)};
    default:
      return {Outcome::failed, {}, words_of(head)};
  }
}

bool is_unit_name(std::uint8_t kind) { return kind == 1 || kind == 2 || kind == 3 || kind == 8; }

}  // namespace

std::string to_text(Type type) { return type == Type::write_exclusive ? "write-exclusive" : "exclusive-access"; }

Result<Keys> parse_keys(View answer) {
  const auto head = parse_head(answer, key_size);
  if (!head) return failure("its list of keys is broken: " + head.error().text);
  Keys out{head->generation, {}};
  for (std::size_t at = head_size; at < head_size + head->length; at += key_size)
    out.all.push_back(Key{number(answer, at, key_size)});
  return out;
}

Result<Held> parse_reservation(View answer) {
  const auto head = parse_head(answer, 1);
  if (!head) return failure("what it says of its reservation is broken: " + head.error().text);
  if (head->length == 0) return Held{head->generation, std::nullopt};
  if (head->length < reservation_size)
    return failure(format("what it says of its reservation is broken: {} bytes, where {} were expected", head->length,
                          reservation_size));
  const auto type = static_cast<std::uint8_t>(answer[head_size + 13] & type_mask);
  return Held{head->generation, Reservation{Key{number(answer, head_size, key_size)}, type}};
}

Result<Capabilities> parse_capabilities(View answer) {
  constexpr std::size_t size = 8;
  if (answer.size() < size || number(answer, 0, 2) < size)
    return failure(format("what it says of its capabilities is broken: {} bytes", answer.size()));
  Capabilities out;
  if ((answer[2] & 1) != 0) out.lasting = Lasting::yes;
  if ((answer[3] & 0x80) != 0) out.types = static_cast<std::uint16_t>(number(answer, 4, 2));
  return out;
}

bool Capabilities::knows(Type type) const {
  constexpr std::uint16_t write_exclusive_bit = 0x2000;
  constexpr std::uint16_t exclusive_access_bit = 0x4000;
  return !types || (*types & (type == Type::write_exclusive ? write_exclusive_bit : exclusive_access_bit)) != 0;
}

Result<std::uint8_t> parse_device_type(View answer) {
  if (answer.empty()) return failure("what it says of itself is empty");
  return static_cast<std::uint8_t>(answer[0] & 0x1f);
}

Result<std::string> parse_identification(View answer) {
  constexpr std::size_t head = 4;
  std::string best;
  int best_kind = 0;
  std::size_t end = answer.size() < head ? 0 : head + static_cast<std::size_t>(number(answer, 2, 2));
  if (end > answer.size()) end = answer.size();
  for (std::size_t at = head; at + head <= end;) {
    const std::size_t length = answer[at + 3];
    if (at + head + length > end) break;
    const auto kind = static_cast<std::uint8_t>(answer[at + 1] & 0x0f);
    const bool of_unit = (answer[at + 1] & 0x30) == 0;  // not of the port or the target
    // NAA (3) is the commonest of those that name one unit in the world; any other will do.
    const int rank = kind == 3 ? 2 : 1;
    if (of_unit && is_unit_name(kind) && rank > best_kind && length > 0) {
      best_kind = rank;
      best = format("{:x}:", kind);
      for (const std::uint8_t byte : answer.subspan(at + head, length)) best += format("{:02x}", byte);
    }
    at += head + length;
  }
  if (best.empty()) return failure("it has no name by which its paths could be known as its (VPD page 0x83)");
  return best;
}

Reply judge(int status, View sense) {
  switch (status) {
    case SAM_STAT_GOOD:
    case SAM_STAT_CONDITION_MET:
      return {Outcome::good, {}, ""};
    case SAM_STAT_RESERVATION_CONFLICT:
      return {Outcome::conflict, {}, "reservation conflict"};
    case SAM_STAT_CHECK_CONDITION:
      return judge_sense(sense);
    case SAM_STAT_BUSY:
    case SAM_STAT_TASK_SET_FULL:
      return {Outcome::busy, {}, "busy"};
    default:
      return {Outcome::failed, {}, format("SCSI status {:02x}", status)};
  }
}

}  // namespace holdfast::agent::disk
