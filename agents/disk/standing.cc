#include "agents/disk/standing.h"

#include <algorithm>

#include "base/format.h"

namespace holdfast::agent::disk {
namespace {

constexpr int attempts = 20;

/// A reply whose bytes make no sense.
Reply broken(const Error& error) { return {Outcome::failed, {}, error.text}; }

}  // namespace

tl::expected<Standing, Reply> look(Path& path) {
  for (int i = 0; i < attempts; ++i) {
    const Reply first = ask(path, read_keys());
    if (first.outcome != Outcome::good) return tl::unexpected(first);
    const Reply second = ask(path, read_reservation());
    if (second.outcome != Outcome::good) return tl::unexpected(second);
    auto keys = parse_keys(first.in);
    if (!keys) return tl::unexpected(broken(keys.error()));
    const auto held = parse_reservation(second.in);
    if (!held) return tl::unexpected(broken(held.error()));
    if (keys->generation == held->generation) return Standing{std::move(*keys), held->reservation};
  }
  return tl::unexpected(Reply{Outcome::failed, {}, "its keys change all the time"});
}

Holder holder_of(const Standing& standing, const Self& self) {
  if (!standing.reservation) return Holder::nobody;
  switch (owner_of(standing.reservation->key, self)) {
    case Owner::us:
      return Holder::us;
    case Owner::other_node:
      return Holder::other_node;
    case Owner::foreign:
      break;
  }
  return Holder::foreign;
}

bool is_registered(const Standing& standing, const Self& self) {
  return std::ranges::find(standing.keys.all, key_of(self)) != standing.keys.all.end();
}

std::vector<Key> keys_of(const Standing& standing, const Self& self, Owner owner) {
  std::vector<Key> out;
  const auto add = [&](Key key) {
    if (owner_of(key, self) == owner && std::ranges::find(out, key) == out.end()) out.push_back(key);
  };
  if (standing.reservation) add(standing.reservation->key);
  for (const Key key : standing.keys.all) add(key);
  return out;
}

std::string trouble_text(const Path& path, const Reply& reply) {
  switch (reply.outcome) {
    case Outcome::unsupported:
      return format("device {} does not support persistent reservations ({})", path.name(), reply.text);
    case Outcome::not_answering:
      return format("device {} does not answer: {}", path.name(), reply.text);
    default:
      return format("device {}: {}", path.name(), reply.text);
  }
}

std::string foreign_text(const Path& path, const std::vector<Key>& foreign) {
  return format(
      "device {} has the key {}, which is not of this cluster: another cluster uses it; only if none does, clear it: "
      "sg_persist --out --register-ignore --param-sark=1 {} && sg_persist --out --clear --param-rk=1 {}",
      path.name(), to_text(foreign.front()), path.name(), path.name());
}

}  // namespace holdfast::agent::disk
