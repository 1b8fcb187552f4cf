// The parameters of a resource as its agent gets them: text. Lists and tables become JSON text.
#include <algorithm>

#include "base/format.h"
#include "config/sections.h"
#include "config/words.h"

namespace holdfast::config {
namespace {

constexpr std::size_t longest_value = 32 * 1024;  // the kernel bounds one variable of an environment at 128 KiB
constexpr std::string_view value_rule = "text in quotes, a whole number, true, false, a list or a table";

/// It becomes part of a variable's name in the agent's environment: OCF_RESKEY_<name>.
bool is_parameter_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), allowed);
}

void append_json_text(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Appends `value` as JSON. The first value that cannot be one, or nullptr.
const Value* append_json(const Value& value, std::string& out) {
  const Value* wrong = nullptr;
  const char* separator = "";
  switch (value.kind) {
    case ValueKind::text:
      append_json_text(value.text, out);
      return value.text.find('\0') == std::string::npos ? nullptr : &value;
    case ValueKind::number:
      out += std::to_string(value.number);
      return nullptr;
    case ValueKind::boolean:
      out += value.truth ? "true" : "false";
      return nullptr;
    case ValueKind::list:
      out += '[';
      for (const Value& item : value.items) {
        out += std::exchange(separator, ",");
        if (const Value* w = append_json(item, out); wrong == nullptr) wrong = w;
      }
      out += ']';
      return wrong;
    case ValueKind::table:
      out += '{';
      for (const Member& m : value.members) {
        out += std::exchange(separator, ",");
        append_json_text(m.name, out);
        out += ':';
        if (const Value* w = append_json(m.value, out); wrong == nullptr) wrong = w;
      }
      out += '}';
      return wrong;
    case ValueKind::real:
    case ValueKind::time:
      break;
  }
  return &value;
}

}  // namespace

void read_parameters(const Member& parameters, DraftResource& resource, Problems& problems) {
  for (const Member& m : parameters.value.members) {
    const std::string where = format("{}: parameter {}", resource.shown, in_quotes(m.name));
    if (!is_parameter_name(m.name)) {
      problems.error(m.place,
                     where + " is not a parameter's name; it has 1 to 63 letters, digits, underscores and dashes");
      continue;
    }
    std::string text;
    const Value* wrong = append_json(m.value, text);
    if (m.value.kind == ValueKind::text) text = m.value.text;
    if (wrong != nullptr && wrong->kind == ValueKind::text)
      problems.error(wrong->place, where + " holds a zero byte (\\u0000); no agent can be given one");
    else if (wrong != nullptr)
      problems.error(wrong->place, format("{} is {}; it must be {}", where, describe(wrong->kind), value_rule));
    else if (text.size() > longest_value)
      problems.error(m.value.place,
                     format("{} has {} bytes; at most {} are allowed", where, text.size(), longest_value));
    else
      resource.parameters[m.name] = {std::move(text), m.value.place};
  }
}

}  // namespace holdfast::config
