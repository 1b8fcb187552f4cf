#include "config/document.h"

#include <algorithm>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "base/format.h"

namespace holdfast::config {
namespace {

Place place_of(const toml::source_region& region) {
  return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Value convert(const toml::node& node);

void convert_table(const toml::table& table, Value& out) {
  for (auto&& [key, child] : table)
    out.members.push_back({std::string(key.str()), place_of(key.source()), convert(child)});
  std::stable_sort(out.members.begin(), out.members.end(),
                   [](const Member& a, const Member& b) { return a.place < b.place; });
}

Value convert(const toml::node& node) {
  Value out;
  out.place = place_of(node.source());
  if (const auto* table = node.as_table()) {
    out.kind = ValueKind::table;
    convert_table(*table, out);
  } else if (const auto* list = node.as_array()) {
    out.kind = ValueKind::list;
    for (const toml::node& item : *list) out.items.push_back(convert(item));
  } else if (const auto* text = node.as_string()) {
    out.kind = ValueKind::text;
    out.text = text->get();
  } else if (const auto* number = node.as_integer()) {
    out.kind = ValueKind::number;
    out.number = number->get();
  } else if (const auto* truth = node.as_boolean()) {
    out.kind = ValueKind::boolean;
    out.truth = truth->get();
  } else {
    out.kind = node.is_floating_point() ? ValueKind::real : ValueKind::time;
  }
  return out;
}

/// The parser's words, without control characters: a message is one line.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

}  // namespace

tl::expected<Value, SyntaxError> parse_document(std::string_view text) {
  if (const int line = line_of_too_deep_key(text); line > 0)
    return tl::unexpected(SyntaxError{{line, 1}, "not valid TOML: a key with more than 16 dots"});
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return tl::unexpected(SyntaxError{
        place_of(parsed.error().source()),
        format("not valid TOML: {}; the rest of the file was not looked at", one_line(parsed.error().description()))});
  return convert(parsed.table());
}

std::string_view describe(ValueKind kind) {
  switch (kind) {
    case ValueKind::table:
      return "a table";
    case ValueKind::list:
      return "a list";
    case ValueKind::text:
      return "text";
    case ValueKind::number:
      return "a number";
    case ValueKind::real:
      return "a number with a point";
    case ValueKind::boolean:
      return "true or false";
    case ValueKind::time:
      return "a date or time";
  }
  return "something else";
}

}  // namespace holdfast::config
