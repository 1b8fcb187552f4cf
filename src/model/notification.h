// One thing to tell people or programs outside of the cluster (V5), with names instead of ids: a plain value.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/action.h"
#include "model/notify.h"

namespace holdfast {

struct Notification {
  NotificationKind kind = NotificationKind::test;
  Severity severity = Severity::notify;
  WallTime at;  ///< cluster time
  std::string cluster;
  std::string node;                    ///< that it is about; empty: none in particular
  std::string teller;                  ///< the node that tells it
  std::string subject;                 ///< one line, complete by itself
  std::vector<std::string> resources;  ///< that it is about: recovered, failed, twice in service, ...
  std::vector<std::string> lines;      ///< the reasons, one each: rule, text, nodes not chosen
  bool operator==(const Notification&) const = default;
};

/// By kind: the trap of the enterprise 1.3.6.1.4.1.7359 (reference, section 7.2; from 200 on: ours). A failover is told
/// with the numbers of a recovery: for LifeKeeper, it is one.
inline constexpr std::array<std::uint32_t, 38> trap_numbers{
    100, 101, 102, 110, 111, 112, 120, 121, 122, 130, 131, 132, 140, 141, 130, 132, 131, 200, 203,
    204, 201, 202, 205, 206, 210, 211, 212, 213, 220, 221, 222, 223, 224, 225, 230, 231, 232, 299};
static_assert(trap_numbers.size() == static_cast<std::size_t>(NotificationKind::test) + 1);

constexpr std::uint32_t trap_number(NotificationKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  return index < trap_numbers.size() ? trap_numbers[index] : trap_numbers.back();
}

}  // namespace holdfast
