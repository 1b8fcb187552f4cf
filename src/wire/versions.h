// Which versions of the protocol a daemon speaks, and how it decides (docs/decisions/0002).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace holdfast::wire {

/// Protocol versions, both included. 0 is none.
struct VersionRange {
  std::uint16_t lowest = 0;
  std::uint16_t highest = 0;

  bool has(std::uint16_t version) const { return lowest <= version && version <= highest; }
  bool empty() const { return lowest == 0 || lowest > highest; }
  bool operator==(const VersionRange&) const = default;
};

/// What both speak; may be empty.
constexpr VersionRange shared(VersionRange a, VersionRange b) {
  return {a.lowest > b.lowest ? a.lowest : b.lowest, a.highest < b.highest ? a.highest : b.highest};
}

/// What a build brings into a view.
struct Speech {
  /// 1: the first. 2: a message may be marked as optional.
  VersionRange protocol{1, 2};
  /// 1: the first. 2: an operator is answered when every member of the view has confirmed that it knows.
  std::uint32_t feature_level = 2;
  bool operator==(const Speech&) const = default;
};

/// What this build speaks, unless a test of rolling upgrades makes it speak less.
inline constexpr Speech built_speech{};

/// "2", "1 to 3".
std::string words_of(VersionRange range);
/// "1-2/2": protocol versions 1 to 2, feature level 2.
Result<Speech> speech_from(std::string_view text);

}  // namespace holdfast::wire
