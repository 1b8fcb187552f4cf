#include <algorithm>

#include "agents/disk/protocol.h"

namespace holdfast::agent::disk {
namespace {

constexpr std::uint8_t op_inquiry = 0x12;
constexpr std::uint8_t op_reserve_in = 0x5e;
constexpr std::uint8_t op_reserve_out = 0x5f;
constexpr std::uint8_t vital_product_data = 1;
constexpr std::uint8_t page_identification = 0x83;

enum class In : std::uint8_t { keys = 0, reservation = 1, capabilities = 2 };
enum class Out : std::uint8_t {
  register_again = 0,
  reserve = 1,
  release = 2,
  preempt_and_abort = 5,
  register_and_ignore = 6,
};

constexpr std::size_t inquiry_size = 96;
constexpr std::size_t identification_size = 1024;
constexpr std::size_t keys_size = 8 + 8 * 1000;
constexpr std::size_t short_size = 64;
constexpr std::size_t list_size = 24;
constexpr std::size_t flags_place = 20;
constexpr std::uint8_t through_power_loss = 1;

std::uint8_t high(std::size_t size) { return static_cast<std::uint8_t>(size >> 8); }
std::uint8_t low(std::size_t size) { return static_cast<std::uint8_t>(size & 0xff); }

Request ask(In action, std::size_t size) {
  return {{op_reserve_in, static_cast<std::uint8_t>(action), 0, 0, 0, 0, 0, high(size), low(size), 0}, {}, size};
}

Request order(Out action, std::uint8_t type, Key own, Key other, Lasting lasting = Lasting::no) {
  Request out;
  out.cdb = {op_reserve_out, static_cast<std::uint8_t>(action), type, 0, 0, 0, 0, 0, list_size, 0};
  out.out.assign(list_size, 0);
  for (std::size_t i = 0; i < 8; ++i) {
    out.out[i] = static_cast<std::uint8_t>(own.value >> (56 - 8 * i));
    out.out[8 + i] = static_cast<std::uint8_t>(other.value >> (56 - 8 * i));
  }
  if (lasting == Lasting::yes) out.out[flags_place] = through_power_loss;
  return out;
}

Request inquire(std::uint8_t vital, std::uint8_t page, std::size_t size) {
  return {{op_inquiry, vital, page, high(size), low(size), 0}, {}, size};
}

}  // namespace

Request inquiry() { return inquire(0, 0, inquiry_size); }
Request identification() { return inquire(vital_product_data, page_identification, identification_size); }
Request read_keys() { return ask(In::keys, keys_size); }
Request read_reservation() { return ask(In::reservation, short_size); }
Request report_capabilities() { return ask(In::capabilities, short_size); }
Request register_again(Key key, Lasting lasting) { return order(Out::register_again, 0, key, key, lasting); }
Request register_path(Key key, Lasting lasting) { return order(Out::register_and_ignore, 0, Key{0}, key, lasting); }
Request unregister(Key key) { return order(Out::register_again, 0, key, Key{0}); }
Request reserve(Key key, Type type) { return order(Out::reserve, static_cast<std::uint8_t>(type), key, Key{0}); }
Request release(Key key, std::uint8_t type) { return order(Out::release, type, key, Key{0}); }
Request preempt_and_abort(Key key, Key victim, Type type) {
  return order(Out::preempt_and_abort, static_cast<std::uint8_t>(type), key, victim);
}

}  // namespace holdfast::agent::disk
