// Bytes -> described values. The bytes may be hostile (E3): every length is held against the bytes that are there,
// every enum against its last value, all lists together against limits.h; nothing throws.
//
// They may come from a newer version, too (docs/decisions/0002). A field that is not known is skipped. An enum's value
// that is not known is as a field that is missing; where it says what to do (unknown_value.h) a guess is no option: the
// list element, map entry or optional value that holds it is left out, or else the whole is an error.
#pragma once

#include <google/protobuf/io/coded_stream.h>

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "model/names.h"
#include "model/shape.h"
#include "wire/limits.h"
#include "wire/unknown_value.h"
#include "wire/wire_type.h"

namespace holdfast::wire {

class Reader {
 public:
  /// `bytes` must outlive the reader, and be at most max_bytes.
  explicit Reader(std::string_view bytes)
      : input_(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size())) {}

  /// Reads all the bytes as the fields of `value`, which keeps what it has where no field comes. Fields may come in
  /// any order; the writer's order is the fast one.
  template <class T>
  bool read(T& value) {
    if (!message(value)) return false;
    if (!unknown_) return true;
    path_ = unknown_in_;
    return fail_unknown("a value that is not known here");
  }

  /// What is wrong, after a false. One line.
  std::string error() const { return path_.empty() ? wrong_ : path_ + ": " + wrong_; }
  /// After a false: the bytes may be right, but they say something that only newer versions know.
  bool met_unknown() const { return met_unknown_; }

 private:
  // The non-template parts are in reader.cc.
  std::uint32_t next_tag();  ///< 0 at the end, and after a failure
  bool skip(WireType type);
  bool fail(std::string wrong);
  bool fail_in(const char* field);
  bool read_varint(WireType type, std::uint64_t& value);
  bool read_fixed64(WireType type, std::uint64_t& value);
  bool read_text(WireType type, std::string& value);
  /// Enters a length-delimited part; `outer` is for leave().
  bool enter(WireType type, int& outer);
  void leave(int outer);
  bool charge(std::size_t bytes);
  bool fail_unknown(std::string wrong);
  /// True if what was read just now holds a value that must be known and is not; told once, to whoever leaves it out.
  bool take_unknown() {
    unknown_in_ = nullptr;
    return std::exchange(unknown_, false);
  }

  template <class T>
  bool message(T& value) {
    if constexpr (shape_of<T> == Shape::one_of)
      return one_of(value);
    else
      return fields(value);
  }

  template <class T>
  bool fields(T& value) {
    std::uint32_t tag = next_tag();
    while (tag != 0) {
      bool taken = false;
      T::fields(value, [&](int number, const char* name, auto& member) {
        while (tag != 0 && number_of(tag) == number) {
          taken = true;
          tag = field(type_of(tag), member) || fail_in(name) ? next_tag() : 0;
          if (unknown_ && !unknown_in_) unknown_in_ = name;
        }
      });
      if (tag != 0 && !taken) tag = skip(type_of(tag)) ? next_tag() : 0;
    }
    return ok_;
  }

  template <class Key, class Value>
  bool entry(Key& key, Value& value) {
    for (std::uint32_t tag = next_tag(); tag != 0; tag = next_tag()) {
      const bool read = number_of(tag) == 1   ? field(type_of(tag), key)
                        : number_of(tag) == 2 ? field(type_of(tag), value)
                                              : skip(type_of(tag));
      if (!read) return false;
    }
    return ok_;
  }

  template <class... Alternatives>
  bool one_of(std::variant<Alternatives...>& value) {
    bool held = false;
    for (std::uint32_t tag = next_tag(); tag != 0; tag = next_tag()) {
      const std::size_t index = static_cast<std::size_t>(number_of(tag)) - 1;
      if (index >= sizeof...(Alternatives)) {
        if (!skip(type_of(tag))) return false;
        continue;
      }
      held = true;
      if (!alternative(value, index, type_of(tag), std::index_sequence_for<Alternatives...>{})) return false;
    }
    return ok_ && (held || fail_unknown("none of the kinds known here"));
  }

  template <class Variant, std::size_t... Indices>
  bool alternative(Variant& value, std::size_t index, WireType type, std::index_sequence<Indices...>) {
    bool read = false;
    (void)((index == Indices && ((read = field(type, value.template emplace<Indices>())), true)) || ...);
    return read;
  }

  template <class Body>
  bool nested(WireType type, Body&& body) {
    int outer = 0;
    if (!enter(type, outer)) return false;
    const bool read = body();
    leave(outer);
    return read;
  }

  template <class T>
  bool field(WireType type, T& value) {
    constexpr Shape shape = shape_of<T>;
    static_assert(shape != Shape::unknown, "described.h lists what a described struct may hold");
    if constexpr (is_varint(shape)) {
      std::uint64_t number = 0;
      return read_varint(type, number) && take_varint(number, value);
    } else if constexpr (shape == Shape::digest) {
      return read_fixed64(type, value.value);
    } else if constexpr (shape == Shape::text) {
      return read_text(type, value);
    } else if constexpr (shape == Shape::id) {
      return field(type, value.value);
    } else if constexpr (shape == Shape::optional) {
      if (!field(type, value ? *value : value.emplace())) return false;
      if (take_unknown()) value.reset();
      return true;
    } else if constexpr (shape == Shape::sequence) {
      return element(type, value);
    } else if constexpr (shape == Shape::map) {
      typename T::key_type key{};
      typename T::mapped_type mapped{};
      if (!charge(sizeof(typename T::value_type) + tree_node) || !nested(type, [&] { return entry(key, mapped); }))
        return false;
      if (!take_unknown()) value.insert_or_assign(value.end(), std::move(key), std::move(mapped));
      return true;
    } else {
      return nested(type, [&] { return message(value); });
    }
  }

  template <class T>
  bool element(WireType type, std::vector<T>& list) {
    if (!charge(sizeof(T)) || !field(type, list.emplace_back())) return false;
    if (take_unknown()) list.pop_back();
    return true;
  }
  template <class T>
  bool element(WireType type, std::set<T>& set) {
    T value{};
    if (!charge(sizeof(T) + tree_node) || !field(type, value)) return false;
    if (!take_unknown()) set.insert(set.end(), std::move(value));
    return true;
  }

  template <class T>
  bool take_varint(std::uint64_t number, T& value) {
    constexpr Shape shape = shape_of<T>;
    if constexpr (shape == Shape::flag) {
      value = number != 0;
    } else if constexpr (shape == Shape::choice) {
      if (number < EnumNames<T>::names.size())
        value = static_cast<T>(number);
      else if (must_be_known<T>)
        unknown_ = true;
    } else if constexpr (shape == Shape::duration) {
      value = Millis{static_cast<std::int64_t>(number)};
    } else if constexpr (shape == Shape::time) {
      value.millis = static_cast<std::int64_t>(number);
    } else if constexpr (std::is_signed_v<T>) {
      const auto wide = static_cast<std::int64_t>(number);
      if (wide < std::numeric_limits<T>::min() || wide > std::numeric_limits<T>::max()) return fail("out of range");
      value = static_cast<T>(wide);
    } else {
      if (number > std::numeric_limits<T>::max()) return fail("out of range");
      value = static_cast<T>(number);
    }
    return true;
  }

  static constexpr std::size_t tree_node = 48;  ///< what a std::map or std::set adds to an element, about

  google::protobuf::io::CodedInputStream input_;
  std::size_t memory_ = 0;
  int depth_ = 0;
  bool ok_ = true;
  bool unknown_ = false;  ///< met in what is being read, and nobody has left it out yet
  bool met_unknown_ = false;
  const char* unknown_in_ = nullptr;
  std::string path_;
  std::string wrong_;
};

/// Every missing field keeps the default of its struct.
template <class T>
Result<T> decode_described(std::string_view bytes) {
  if (bytes.size() > max_bytes) return failure("longer than the " + std::to_string(max_bytes) + " bytes allowed");
  Result<T> value{};
  Reader reader(bytes);
  if (!reader.read(*value)) return failure(reader.error());
  return value;
}

}  // namespace holdfast::wire
