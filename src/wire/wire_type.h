// Protobuf's wire types, and which shape goes by which. Source: protobuf.dev/programming-guides/encoding.
#pragma once

#include <cstdint>
#include <type_traits>
#include <variant>

#include "model/shape.h"

namespace holdfast::wire {

enum class WireType : std::uint32_t {
  varint = 0,
  fixed64 = 1,
  length = 2,
  group_begin = 3,
  group_end = 4,
  fixed32 = 5
};

constexpr std::uint32_t tag_of(int number, WireType type) {
  return static_cast<std::uint32_t>(number) << 3 | static_cast<std::uint32_t>(type);
}
constexpr int number_of(std::uint32_t tag) { return static_cast<int>(tag >> 3); }
constexpr WireType type_of(std::uint32_t tag) { return static_cast<WireType>(tag & 7); }

constexpr bool is_varint(Shape shape) {
  return shape == Shape::flag || shape == Shape::number || shape == Shape::choice || shape == Shape::duration ||
         shape == Shape::time;
}

/// What may stand in a sequence: a sequence of sequences or of optionals could not be told apart.
constexpr bool is_element(Shape shape) {
  return shape != Shape::optional && shape != Shape::sequence && shape != Shape::map && shape != Shape::unknown;
}

/// A variant goes as a message with one field: the alternative's index + 1.
template <class... Alternatives>
int alternative_number(const std::variant<Alternatives...>& value) {
  return static_cast<int>(value.index()) + 1;
}

template <class T>
constexpr std::uint64_t varint_of(const T& value) {
  constexpr Shape shape = shape_of<T>;
  if constexpr (shape == Shape::choice)
    return varint_of(static_cast<std::underlying_type_t<T>>(value));
  else if constexpr (shape == Shape::duration)
    return static_cast<std::uint64_t>(value.count());
  else if constexpr (shape == Shape::time)
    return static_cast<std::uint64_t>(value.millis);
  else  // a negative number as its 64 bits, as protobuf does
    return static_cast<std::uint64_t>(value);
}

}  // namespace holdfast::wire
