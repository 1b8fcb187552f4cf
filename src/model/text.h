// The canonical text of described values: `{epoch: {leader: 1, counter: 2}, members: [1, 2], settled: yes}`. The same
// on every build and machine; enums by their words (names.h). For people to read and for tests to compare.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/names.h"
#include "model/shape.h"

namespace holdfast {

/// Appends to `out`. Texts stand in quotes with JSON's escapes, bytes that are no plain character as \u00XX.
class TextWriter {
 public:
  explicit TextWriter(std::string& out) : out_(out) {}

  template <class T>
  void value(const T& v) {
    constexpr Shape shape = shape_of<T>;
    static_assert(shape != Shape::unknown, "described.h lists what a described struct may hold");
    if constexpr (shape == Shape::flag) {
      out_ += v ? "yes" : "no";
    } else if constexpr (shape == Shape::number) {
      number(v);
    } else if constexpr (shape == Shape::choice) {
      out_ += name_of(v);
    } else if constexpr (shape == Shape::text) {
      quoted(v);
    } else if constexpr (shape == Shape::id) {
      value(v.value);
    } else if constexpr (shape == Shape::duration) {
      number(v.count());
      out_ += "ms";
    } else if constexpr (shape == Shape::time) {
      number(v.millis);
      out_ += "ms";
    } else if constexpr (shape == Shape::digest) {
      hex(v.value);
    } else if constexpr (shape == Shape::optional) {
      if (v)
        value(*v);
      else
        out_ += "none";
    } else if constexpr (shape == Shape::sequence) {
      list('[', ']', v, [this](const auto& element) { this->value(element); });
    } else if constexpr (shape == Shape::map) {
      list('{', '}', v, [this](const auto& entry) {
        this->key(entry.first);
        out_ += ": ";
        this->value(entry.second);
      });
    } else if constexpr (shape == Shape::one_of) {
      out_ += name_of(v);
      out_ += ' ';
      std::visit([this](const auto& held) { this->value(held); }, v);
    } else {
      fields(v);
    }
  }

 private:
  void number(std::int64_t v);
  void number(std::uint64_t v);
  template <class T>
  void number(T v) {
    if constexpr (std::is_signed_v<T>)
      number(static_cast<std::int64_t>(v));
    else
      number(static_cast<std::uint64_t>(v));
  }
  void hex(std::uint64_t v);
  void quoted(std::string_view text);
  void bare(std::string_view text);  ///< without quotes where it is a plain word

  template <class T>
  void key(const T& v) {
    if constexpr (shape_of<T> == Shape::text)
      bare(v);
    else if constexpr (shape_of<T> == Shape::id)
      key(v.value);
    else
      value(v);
  }

  template <class List, class Each>
  void list(char open, char close, const List& all, Each&& each) {
    out_ += open;
    bool first = true;
    for (const auto& element : all) {
      if (!first) out_ += ", ";
      first = false;
      each(element);
    }
    out_ += close;
  }

  template <class T>
  void fields(const T& v) {
    out_ += '{';
    bool first = true;
    T::fields(v, [&](int, const char* name, const auto& member) {
      if (!first) out_ += ", ";
      first = false;
      out_ += name;
      out_ += ": ";
      value(member);
    });
    out_ += '}';
  }

  std::string& out_;
};

template <class T>
std::string text_of(const T& value) {
  std::string out;
  TextWriter(out).value(value);
  return out;
}

}  // namespace holdfast
