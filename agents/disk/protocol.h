// The SCSI commands of persistent reservations as bytes, and what devices answer. Pure.
// Source: SPC-4 (T10/1731), PERSISTENT RESERVE IN and OUT, INQUIRY.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agents/disk/key.h"
#include "base/result.h"

namespace holdfast::agent::disk {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

/// The two types of reservation that let every registered path of one node write, and nobody else.
enum class Type : std::uint8_t {
  write_exclusive = 5,   ///< registrants only write; all read
  exclusive_access = 6,  ///< registrants only read and write
};
std::string to_text(Type type);

enum class Outcome : std::uint8_t {
  good,
  conflict,       ///< RESERVATION CONFLICT: a key that is given is not registered, or another one holds it
  attention,      ///< UNIT ATTENTION: something has happened before; to be asked again
  unsupported,    ///< ILLEGAL REQUEST: the device does not know this command
  busy,           ///< for the moment
  not_answering,  ///< transport, time limit, path gone
  failed,
};

struct Request {
  Bytes cdb;
  Bytes out;                 ///< for the device; empty: none
  std::size_t in_limit = 0;  ///< bytes that it may send
};

struct Reply {
  Outcome outcome = Outcome::failed;
  Bytes in;
  std::string text;  ///< of anything but good: what was answered
};

/// Whether a registration outlasts a loss of the device's power.
enum class Lasting : std::uint8_t { no, yes };

Request inquiry();
Request identification();  ///< INQUIRY, page 0x83
Request read_keys();
Request read_reservation();
Request report_capabilities();
/// Good only for who is registered with `key`; changes nothing but the generation: a renewal.
Request register_again(Key key, Lasting lasting);
/// Registers this path, whatever is registered for it now.
Request register_path(Key key, Lasting lasting);
Request unregister(Key key);
Request reserve(Key key, Type type);
Request release(Key key, std::uint8_t type);
/// PREEMPT AND ABORT: `victim`'s registrations end, and with them its commands; if it held the reservation, `key` does.
Request preempt_and_abort(Key key, Key victim, Type type);

struct Keys {
  std::uint32_t generation = 0;
  std::vector<Key> all;
  bool operator==(const Keys&) const = default;
};

struct Reservation {
  Key key;
  std::uint8_t type = 0;
  bool operator==(const Reservation&) const = default;
};

struct Held {
  std::uint32_t generation = 0;
  std::optional<Reservation> reservation;
  bool operator==(const Held&) const = default;
};

struct Capabilities {
  Lasting lasting = Lasting::no;
  std::optional<std::uint16_t> types;  ///< the mask; none: it does not say
  bool knows(Type type) const;
};

/// Errors: cut short, or contradicts itself; one line.
Result<Keys> parse_keys(View answer);
Result<Held> parse_reservation(View answer);
Result<Capabilities> parse_capabilities(View answer);
/// Peripheral device type: 0 is a disk.
Result<std::uint8_t> parse_device_type(View answer);
/// What names the logical unit, the same over every path to it. Error: it has no such name.
Result<std::string> parse_identification(View answer);

/// What a status byte and sense bytes mean.
Reply judge(int status, View sense);

}  // namespace holdfast::agent::disk
