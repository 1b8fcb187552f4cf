// Random values of any described type, that shrink, for property tests.
#pragma once

#include <rapidcheck.h>

#include <ostream>

#include "model/text.h"

namespace holdfast {

class RandomFill {
 public:
  template <class T>
  void fill(T& value) {
    constexpr Shape shape = shape_of<T>;
    if constexpr (shape == Shape::flag || shape == Shape::text) {
      value = *rc::gen::arbitrary<T>();
    } else if constexpr (shape == Shape::number) {
      value = *rc::gen::oneOf(rc::gen::arbitrary<T>(),
                              rc::gen::element(T{0}, std::numeric_limits<T>::max(), std::numeric_limits<T>::min()));
    } else if constexpr (shape == Shape::choice) {
      value = static_cast<T>(*rc::gen::inRange<std::size_t>(0, EnumNames<T>::names.size()));
    } else if constexpr (shape == Shape::duration) {
      value = Millis{*rc::gen::arbitrary<std::int64_t>()};
    } else if constexpr (shape == Shape::time) {
      value.millis = *rc::gen::arbitrary<std::int64_t>();
    } else if constexpr (shape == Shape::id || shape == Shape::digest) {
      fill(value.value);
    } else if constexpr (shape == Shape::optional) {
      if (*rc::gen::arbitrary<bool>()) fill(value.emplace());
    } else if constexpr (shape == Shape::sequence || shape == Shape::map) {
      const int count = *rc::gen::inRange(0, 4);
      for (int i = 0; i < count; ++i) add(value);
    } else if constexpr (shape == Shape::one_of) {
      const auto index = *rc::gen::inRange<std::size_t>(0, std::variant_size_v<T>);
      hold(value, index, std::make_index_sequence<std::variant_size_v<T>>{});
    } else {
      T::fields(value, [&](int, const char*, auto& member) { fill(member); });
    }
  }

 private:
  template <class T>
  void add(std::vector<T>& list) {
    fill(list.emplace_back());
  }
  template <class T>
  void add(std::set<T>& set) {
    T value{};
    fill(value);
    set.insert(std::move(value));
  }
  template <class Key, class Value>
  void add(std::map<Key, Value>& map) {
    Key key{};
    fill(key);
    fill(map[std::move(key)]);
  }
  template <class Variant, std::size_t... Indices>
  void hold(Variant& value, std::size_t index, std::index_sequence<Indices...>) {
    ((index == Indices ? fill(value.template emplace<Indices>()) : void()), ...);
  }
};

template <class T>
rc::Gen<T> random_value() {
  return rc::gen::exec([] {
    T value{};
    RandomFill().fill(value);
    return value;
  });
}

/// For rapidcheck's and GoogleTest's reports.
template <class T>
requires(Described<T>) std::ostream& operator<<(std::ostream& out, const T& value) { return out << text_of(value); }

}  // namespace holdfast
