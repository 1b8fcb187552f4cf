// Digests of described values: every member in the order of its struct, every list and text with its length before it,
// so that two different values never give the same words. Made without bytes in between: the simulator asks for a
// digest after every step.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <variant>

#include "base/digest.h"
#include "model/shape.h"
#include "wire/wire_type.h"

namespace holdfast::wire {

class Digester {
 public:
  Digest result() const { return Digest{mixed(state_)}; }

  template <class T>
  void value(const T& v) {
    constexpr Shape shape = shape_of<T>;
    static_assert(shape != Shape::unknown, "described.h lists what a described struct may hold");
    if constexpr (is_varint(shape)) {
      word(varint_of(v));
    } else if constexpr (shape == Shape::digest || shape == Shape::id) {
      value(v.value);
    } else if constexpr (shape == Shape::text) {
      text(v);
    } else if constexpr (shape == Shape::optional) {
      word(v ? 1 : 0);
      if (v) value(*v);
    } else if constexpr (shape == Shape::sequence) {
      word(v.size());
      for (const auto& element : v) value(element);
    } else if constexpr (shape == Shape::map) {
      word(v.size());
      for (const auto& [key, mapped] : v) {
        value(key);
        value(mapped);
      }
    } else if constexpr (shape == Shape::one_of) {
      word(v.index());
      std::visit([this](const auto& held) { this->value(held); }, v);
    } else {
      T::fields(v, [this](int, const char*, const auto& member) { this->value(member); });
    }
  }

 private:
  /// The last step of splitmix64: every bit of the input moves every bit of the output.
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  void word(std::uint64_t w) { state_ = mixed((state_ ^ w) + 0x9e3779b97f4a7c15ULL); }

  void text(std::string_view t) {
    word(t.size());
    for (std::size_t at = 0; at < t.size(); at += sizeof(std::uint64_t)) {
      std::uint64_t w = 0;
      std::memcpy(&w, t.data() + at, std::min(sizeof(w), t.size() - at));
      static_assert(std::endian::native == std::endian::little, "digests are made of little-endian words");
      word(w);
    }
  }

  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

template <class T>
Digest digest_of_described(const T& value) {
  Digester digester;
  digester.value(value);
  return digester.result();
}

}  // namespace holdfast::wire
