#include "agents/disk/renewal.h"

#include "base/format.h"

namespace holdfast::agent::disk {
namespace {

Finding unclear(const Path& path, const Reply& reply) { return {Found::open, trouble_text(path, reply)}; }

/// What a taker leaves: its reservation, or after it has given the disk back, none and no key of ours.
std::optional<Finding> loss(const Path& path, const Standing& standing, const Self& self) {
  const Holder holder = holder_of(standing, self);
  if (holder == Holder::other_node || holder == Holder::foreign)
    return Finding{Found::lost,
                   format("{} has taken device {}", name_of(standing.reservation->key, self), path.name())};
  if (holder == Holder::us || is_registered(standing, self)) return std::nullopt;
  if (standing.keys.generation == 0 && standing.keys.all.empty()) return std::nullopt;
  return Finding{Found::lost, format("device {} was taken and given back, or cleared", path.name())};
}

/// Ours is what it was before this path was registered; taken meanwhile, it must not be left so.
Finding confirmed(Path& path, const Claim& claim) {
  const auto standing = look(path);
  if (!standing) return unclear(path, standing.error());
  if (const auto lost = loss(path, *standing, claim.self)) {
    static_cast<void>(ask(path, unregister(key_of(claim.self))));
    return *lost;
  }
  if (holder_of(*standing, claim.self) != Holder::us)
    return {Found::open, format("device {} does not keep its reservation", path.name())};
  return {Found::held, ""};
}

}  // namespace

Finding renew(Path& path, const Claim& claim) {
  const Key own = key_of(claim.self);
  // Not register_path: it would bring back a node that was preempted (B2).
  const Reply renewed = ask(path, register_again(own, claim.lasting));
  if (renewed.outcome != Outcome::good && renewed.outcome != Outcome::conflict) return unclear(path, renewed);
  const auto standing = look(path);
  if (!standing) return unclear(path, standing.error());
  if (const auto lost = loss(path, *standing, claim.self)) return *lost;
  const bool registered = renewed.outcome == Outcome::good && is_registered(*standing, claim.self);
  const bool reserved = holder_of(*standing, claim.self) == Holder::us;
  if (registered && reserved) return {Found::held, ""};
  if (!registered)
    if (const Reply reply = ask(path, register_path(own, claim.lasting)); reply.outcome != Outcome::good)
      return unclear(path, reply);
  if (!reserved)
    if (const Reply reply = ask(path, reserve(own, claim.type));
        reply.outcome != Outcome::good && reply.outcome != Outcome::conflict)
      return unclear(path, reply);
  return confirmed(path, claim);
}

}  // namespace holdfast::agent::disk
