// A TOML file as a plain tree with the place of everything in it. toml++ stays behind this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "config/problems.h"

namespace holdfast::config {

enum class ValueKind : std::uint8_t { table, list, text, number, real, boolean, time };

struct Member;

struct Value {
  ValueKind kind = ValueKind::table;
  Place place;
  std::string text;             ///< kind text
  std::int64_t number = 0;      ///< kind number
  bool truth = false;           ///< kind boolean
  std::vector<Member> members;  ///< kind table, in the order of the file
  std::vector<Value> items;     ///< kind list
};

struct Member {
  std::string name;
  Place place;  ///< of the key
  Value value;
};

struct SyntaxError {
  Place place;
  std::string text;
};

/// The root table, or why the text is not TOML.
tl::expected<Value, SyntaxError> parse_document(std::string_view text);

/// `text`, `a list`, ...: what stands there, for messages.
std::string_view describe(ValueKind kind);

/// Looks for a key with more than 16 dots, which would nest too deep for the parser's recursion.
/// The line of the first one, or 0.
int line_of_too_deep_key(std::string_view text);

}  // namespace holdfast::config
