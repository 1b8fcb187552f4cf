// A 64-bit digest of a byte string, the same on every build and machine. It finds differences; it is no
// protection against forgery (the engine authenticates, rule L7).
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast {

struct Digest {
  std::uint64_t value = 0;
  auto operator<=>(const Digest&) const = default;
};

/// FNV-1a, 64 bits.
inline Digest digest_of(std::string_view bytes, Digest start = Digest{0xcbf29ce484222325ULL}) {
  std::uint64_t h = start.value;
  for (const char c : bytes) {
    h ^= static_cast<unsigned char>(c);
    h *= 0x100000001b3ULL;
  }
  return Digest{h};
}

}  // namespace holdfast
