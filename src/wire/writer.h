// Described values -> bytes. Two passes: the first measures every nested message, the second writes into a buffer of
// just that size, so nothing is moved or grown.
#pragma once

#include <google/protobuf/io/coded_stream.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "model/shape.h"
#include "wire/wire_type.h"

namespace holdfast::wire {

/// The sizes of all nested messages, in the order in which the writer meets them.
using Sizes = std::vector<std::size_t>;

class Measure {
 public:
  explicit Measure(Sizes& sizes) : sizes_(sizes) { sizes_.clear(); }

  /// Bytes of the value as a message, without tag and length.
  template <class T>
  std::size_t message(const T& value) {
    std::size_t sum = 0;
    if constexpr (shape_of<T> == Shape::one_of) {
      std::visit([&](const auto& held) { sum = field(alternative_number(value), held); }, value);
    } else {
      T::fields(value, [&](int number, const char*, const auto& member) { sum += field(number, member); });
    }
    return sum;
  }

 private:
  using Output = google::protobuf::io::CodedOutputStream;

  static std::size_t varint(std::uint64_t value) { return Output::VarintSize64(value); }
  static std::size_t tag(int number) { return varint(tag_of(number, WireType::varint)); }

  template <class Body>
  std::size_t nested(int number, Body&& body) {
    const std::size_t slot = sizes_.size();
    sizes_.push_back(0);
    const std::size_t size = body();
    sizes_[slot] = size;
    return tag(number) + varint(size) + size;
  }

  template <class T>
  std::size_t field(int number, const T& value) {
    constexpr Shape shape = shape_of<T>;
    static_assert(shape != Shape::unknown, "described.h lists what a described struct may hold");
    std::size_t sum = 0;
    if constexpr (is_varint(shape)) {
      sum = tag(number) + varint(varint_of(value));
    } else if constexpr (shape == Shape::digest) {
      sum = tag(number) + sizeof(std::uint64_t);
    } else if constexpr (shape == Shape::text) {
      sum = tag(number) + varint(value.size()) + value.size();
    } else if constexpr (shape == Shape::id) {
      sum = field(number, value.value);
    } else if constexpr (shape == Shape::optional) {
      if (value) sum = field(number, *value);
    } else if constexpr (shape == Shape::sequence) {
      static_assert(is_element(shape_of<typename T::value_type>));
      for (const auto& element : value) sum += field(number, element);
    } else if constexpr (shape == Shape::map) {
      for (const auto& entry : value) {
        sum += nested(number, [&] {
          const std::size_t first = field(1, entry.first);
          return first + field(2, entry.second);
        });
      }
    } else {
      sum = nested(number, [&] { return message(value); });
    }
    return sum;
  }

  Sizes& sizes_;
};

/// Writes what Measure measured; `out` must have that much room.
class Writer {
 public:
  Writer(const Sizes& sizes, char* out) : size_(sizes.data()), out_(reinterpret_cast<std::uint8_t*>(out)) {}

  template <class T>
  void message(const T& value) {
    if constexpr (shape_of<T> == Shape::one_of) {
      std::visit([&](const auto& held) { field(alternative_number(value), held); }, value);
    } else {
      T::fields(value, [&](int number, const char*, const auto& member) { field(number, member); });
    }
  }

 private:
  using Output = google::protobuf::io::CodedOutputStream;

  void varint(std::uint64_t value) { out_ = Output::WriteVarint64ToArray(value, out_); }
  void tag(int number, WireType type) { varint(tag_of(number, type)); }

  void bytes(std::string_view value) {
    std::memcpy(out_, value.data(), value.size());
    out_ += value.size();
  }

  template <class T>
  void field(int number, const T& value) {
    constexpr Shape shape = shape_of<T>;
    if constexpr (is_varint(shape)) {
      tag(number, WireType::varint);
      varint(varint_of(value));
    } else if constexpr (shape == Shape::digest) {
      tag(number, WireType::fixed64);
      out_ = Output::WriteLittleEndian64ToArray(value.value, out_);
    } else if constexpr (shape == Shape::text) {
      tag(number, WireType::length);
      varint(value.size());
      bytes(value);
    } else if constexpr (shape == Shape::id) {
      field(number, value.value);
    } else if constexpr (shape == Shape::optional) {
      if (value) field(number, *value);
    } else if constexpr (shape == Shape::sequence) {
      for (const auto& element : value) field(number, element);
    } else if constexpr (shape == Shape::map) {
      for (const auto& [key, mapped] : value) {
        tag(number, WireType::length);
        varint(*size_++);
        field(1, key);
        field(2, mapped);
      }
    } else {
      tag(number, WireType::length);
      varint(*size_++);
      message(value);
    }
  }

  const std::size_t* size_;
  std::uint8_t* out_;
};

/// One per thread, so that encoding a small message allocates nothing but its bytes.
inline Sizes& scratch_sizes() {
  thread_local Sizes sizes;
  return sizes;
}

/// The value's bytes behind `room` bytes that the caller fills in.
template <class T>
std::string encode_described(const T& value, std::size_t room = 0) {
  Sizes& sizes = scratch_sizes();
  std::string out;
  out.resize(room + Measure(sizes).message(value));
  Writer(sizes, out.data() + room).message(value);
  return out;
}

}  // namespace holdfast::wire
