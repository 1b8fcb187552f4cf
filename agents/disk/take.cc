#include "agents/disk/take.h"

#include <algorithm>

#include "base/format.h"

namespace holdfast::agent::disk {
namespace {

constexpr int rounds = 10;                             // of two that take it at the same time
constexpr Millis patience = renewal_interval * 5 / 2;  // two renewals, and some delay of the second
constexpr Millis glance{500};

agent::Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }
agent::Answer held_elsewhere(std::string text) { return {ExitCode::held_elsewhere, std::move(text)}; }

bool was_met(Key key, const Claim& claim) { return claim.met.contains(node_of(key)); }

/// Whoever renews lives: every renewal changes the generation, and nothing else does but a registration or a
/// preemption, which only a living node makes.
agent::Answer await_silence(Path& path, const Claim& claim, Key holder, std::uint32_t generation, const Wait& wait) {
  for (Millis waited{0}; waited < patience; waited += glance) {
    wait(glance);
    const auto now = look(path);
    if (!now) return failed(trouble_text(path, now.error()));
    if (now->keys.generation != generation)
      return held_elsewhere(
          format("device {} is in use by {}, which lives, and which this node has not heard since it is up; it is not "
                 "taken away from it",
                 path.name(), name_of(holder, claim.self)));
  }
  return {};
}

/// Nothing is changed before this has succeeded.
agent::Answer may_take(Path& path, const Claim& claim, const Wait& wait) {
  const auto standing = look(path);
  if (!standing) return failed(trouble_text(path, standing.error()));
  if (const auto foreign = keys_of(*standing, claim.self, Owner::foreign); !foreign.empty())
    return failed(foreign_text(path, foreign));
  const auto others = keys_of(*standing, claim.self, Owner::other_node);
  const auto unknown = std::ranges::find_if(others, [&](Key key) { return !was_met(key, claim); });
  if (unknown == others.end()) return {};
  return await_silence(path, claim, *unknown, standing->keys.generation, wait);
}

/// One path at least; the watch registers the others when they answer.
agent::Answer register_all(const Paths& paths, const Claim& claim, Path*& first) {
  agent::Answer trouble;
  for (const auto& path : paths) {
    const Reply reply = ask(*path, register_path(key_of(claim.self), claim.lasting));
    if (reply.outcome == Outcome::good) {
      if (first == nullptr) first = path.get();
    } else if (trouble.text.empty()) {
      trouble = failed(trouble_text(*path, reply));
    }
  }
  return first == nullptr ? trouble : agent::Answer{};
}

/// The next order towards a disk that only we are registered at; none: it is so.
std::optional<Request> next_order(const Standing& standing, const Claim& claim) {
  const Key own = key_of(claim.self);
  const Holder holder = holder_of(standing, claim.self);
  if (holder == Holder::nobody) return reserve(own, claim.type);
  if (holder == Holder::us && standing.reservation->type != static_cast<std::uint8_t>(claim.type))
    return release(own, standing.reservation->type);
  const auto others = keys_of(standing, claim.self, Owner::other_node);
  if (others.empty()) return std::nullopt;
  return preempt_and_abort(own, others.front(), claim.type);
}

agent::Answer seize(Path& path, const Claim& claim) {
  for (int i = 0; i < rounds; ++i) {
    const auto standing = look(path);
    if (!standing) return failed(trouble_text(path, standing.error()));
    if (const auto foreign = keys_of(*standing, claim.self, Owner::foreign); !foreign.empty())
      return failed(foreign_text(path, foreign));
    if (!is_registered(*standing, claim.self))
      return held_elsewhere(format("device {} was taken by another node at the same moment", path.name()));
    const auto order = next_order(*standing, claim);
    if (!order) return {};
    const Reply reply = ask(path, *order);
    // A conflict: what stood there has changed meanwhile.
    if (reply.outcome == Outcome::unsupported)
      return failed(
          format("device {} does not know what is needed here ({}): Write Exclusive or Exclusive Access - "
                 "Registrants Only, and PREEMPT AND ABORT",
                 path.name(), reply.text));
    if (reply.outcome != Outcome::good && reply.outcome != Outcome::conflict) return failed(trouble_text(path, reply));
  }
  return held_elsewhere(format("device {} is taken by other nodes again and again", path.name()));
}

void unregister_all(const Paths& paths, const Self& self) {
  for (const auto& path : paths) static_cast<void>(ask(*path, unregister(key_of(self))));
}

/// The first path over which it answers; null: none, and `trouble` says why.
Path* first_answering(const Paths& paths, agent::Answer& trouble) {
  for (const auto& path : paths) {
    const auto standing = look(*path);
    if (standing) return path.get();
    if (trouble.text.empty()) trouble = failed(trouble_text(*path, standing.error()));
  }
  return nullptr;
}

/// What a path that is gone has registered: taken over by one that answers, then given back.
agent::Answer give_back_rest(Path& path, const Self& self, Type type) {
  const Key own = key_of(self);
  const auto left = look(path);
  if (!left) return failed(trouble_text(path, left.error()));
  if (!is_registered(*left, self) && holder_of(*left, self) != Holder::us) return {};
  for (const Request& order : {register_path(own, Lasting::no), preempt_and_abort(own, own, type),
                               release(own, static_cast<std::uint8_t>(type)), unregister(own)})
    if (const Reply reply = ask(path, order); reply.outcome != Outcome::good && reply.outcome != Outcome::conflict)
      return failed(trouble_text(path, reply));
  const auto after = look(path);
  if (after && (is_registered(*after, self) || holder_of(*after, self) == Holder::us))
    return failed(format("device {} keeps this node's key {}", path.name(), to_text(own)));
  return {};
}

}  // namespace

agent::Answer take(const Paths& paths, const Claim& claim, const Wait& wait) {
  agent::Answer trouble;
  Path* path = first_answering(paths, trouble);
  if (path == nullptr) return trouble;
  if (agent::Answer allowed = may_take(*path, claim, wait); allowed.code != ExitCode::success) return allowed;
  Path* registered = nullptr;
  if (agent::Answer answer = register_all(paths, claim, registered); answer.code != ExitCode::success) return answer;
  agent::Answer answer = seize(*registered, claim);
  if (answer.code != ExitCode::success) unregister_all(paths, claim.self);
  return answer;
}

agent::Answer give_back(const Paths& paths, const Self& self, Type type) {
  agent::Answer trouble;
  Path* path = first_answering(paths, trouble);
  if (path == nullptr)
    return {ExitCode::success, trouble.text + "; this node's key stays until another node preempts it"};
  for (const auto& each : paths) static_cast<void>(ask(*each, release(key_of(self), static_cast<std::uint8_t>(type))));
  unregister_all(paths, self);
  const agent::Answer rest = give_back_rest(*path, self, type);
  if (rest.code == ExitCode::success) return rest;
  return {ExitCode::success, rest.text + "; this node's key stays until another node preempts it"};
}

}  // namespace holdfast::agent::disk
