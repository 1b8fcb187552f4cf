#include "disk_device.h"

namespace holdfast::test {
namespace {

constexpr int good = 0;
constexpr int check_condition = 2;
constexpr int reservation_conflict = 0x18;

Reply answered(Bytes bytes = {}) {
  Reply reply = agent::disk::judge(good, {});
  reply.in = std::move(bytes);
  return reply;
}

Reply conflict() { return agent::disk::judge(reservation_conflict, {}); }

Reply sense(std::uint8_t key, std::uint8_t code) {
  const Bytes fixed{0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, 0, 0, 0, 0, 0};
  return agent::disk::judge(check_condition, fixed);
}

void put(Bytes& bytes, std::uint64_t value, int size) {
  for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Key key_at(const Bytes& bytes, std::size_t place) {
  Key out;
  for (std::size_t i = 0; i < 8; ++i) out.value = out.value << 8 | bytes[place + i];
  return out;
}

}  // namespace

Reply SimulatedDisk::run(int nexus, const Request& request) {
  if (before) before(nexus);
  if (cut.contains(nexus)) return {Outcome::not_answering, {}, "no answer"};
  const std::uint8_t operation = request.cdb[0];
  if (operation == 0x12) return inquire(request);
  if (!knows_reservations) return sense(5, 0x20);
  if (attention.erase(nexus) > 0) return sense(6, 0x2a);
  return operation == 0x5e ? report(request.cdb[1]) : order(nexus, request);
}

Reply SimulatedDisk::inquire(const Request& request) const {
  if (request.cdb[1] == 0) return answered(Bytes(36, 0));
  Bytes page{0, 0x83, 0, static_cast<std::uint8_t>(4 + unit.size()), 2, 8, 0, static_cast<std::uint8_t>(unit.size())};
  page.insert(page.end(), unit.begin(), unit.end());
  return answered(page);
}

Reply SimulatedDisk::report(std::uint8_t action) const {
  if (action == 2) return answered({0, 8, 1, 0x80, 0x60, 0, 0, 0});
  Bytes out;
  put(out, generation, 4);
  if (action == 0) {
    put(out, registered.size() * 8, 4);
    for (const auto& [nexus, key] : registered) put(out, key.value, 8);
    return answered(out);
  }
  put(out, holder ? 16 : 0, 4);
  if (!holder) return answered(out);
  put(out, registered.at(*holder).value, 8);
  put(out, 0, 4);
  put(out, type, 2);
  put(out, 0, 2);
  return answered(out);
}

Reply SimulatedDisk::order(int nexus, const Request& request) {
  const std::uint8_t action = request.cdb[1];
  if (unknown_out.contains(action)) return sense(5, 0x24);
  const Key given = key_at(request.out, 0);
  const Key other = key_at(request.out, 8);
  switch (action) {
    case 0:
    case 6:
      return enroll(nexus, given, other, action == 6);
    case 1:
      return reserve(nexus, given, request.cdb[2]);
    case 2:
      return release(nexus, given);
    case 5:
      return preempt(nexus, given, other, request.cdb[2]);
    default:
      return sense(5, 0x24);
  }
}

Reply SimulatedDisk::enroll(int nexus, Key given, Key wanted, bool ignore) {
  const auto known = registered.find(nexus);
  const Key present = known == registered.end() ? Key{0} : known->second;
  if (!ignore && given != present) return conflict();
  ++generation;
  if (wanted.value != 0)
    registered[nexus] = wanted;
  else
    unregister(nexus);
  return answered();
}

void SimulatedDisk::unregister(int nexus) {
  registered.erase(nexus);
  if (holder == nexus) holder.reset();
}

Reply SimulatedDisk::reserve(int nexus, Key given, std::uint8_t wanted) {
  const auto known = registered.find(nexus);
  if (known == registered.end() || known->second != given) return conflict();
  if (holder && (*holder != nexus || type != wanted)) return conflict();
  holder = nexus;
  type = wanted;
  return answered();
}

Reply SimulatedDisk::release(int nexus, Key given) {
  const auto known = registered.find(nexus);
  if (known == registered.end() || known->second != given) return conflict();
  if (holder == nexus) holder.reset();
  return answered();
}

Reply SimulatedDisk::preempt(int nexus, Key given, Key victim, std::uint8_t wanted) {
  const auto known = registered.find(nexus);
  if (known == registered.end() || known->second != given) return conflict();
  const bool of_holder = holder && registered.at(*holder) == victim;
  bool found = false;
  for (const auto& [other, key] : std::map(registered))
    if (key == victim) {
      found = true;
      if (other != nexus) unregister(other);
    }
  if (!found) return conflict();
  if (of_holder) {
    holder = nexus;
    type = wanted;
  }
  ++generation;
  return answered();
}

void SimulatedDisk::forget() {
  registered.clear();
  holder.reset();
  generation = 0;
}

bool SimulatedDisk::may_write(int nexus) const { return !holder || registered.contains(nexus); }

std::set<std::uint64_t> SimulatedDisk::keys() const {
  std::set<std::uint64_t> out;
  for (const auto& [nexus, key] : registered) out.insert(key.value);
  return out;
}

}  // namespace holdfast::test
