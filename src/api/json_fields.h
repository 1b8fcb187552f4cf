// Reading fields of JSON without exceptions. Includes a heavy library: for the json_*.cc files of this room only.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace holdfast::api {

using Json = nlohmann::ordered_json;

/// Text that agents wrote may be no UTF-8: it is replaced, never thrown upon (E3).
inline std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// An object, or what is wrong.
inline Result<Json> parse_object(std::string_view text, const char* what) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return failure(std::string(what) + " is not valid JSON");
  if (!json.is_object()) return failure(std::string(what) + " is not a JSON object");
  return json;
}

/// The member, or null.
inline const Json& member(const Json& object, const char* name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

// What is missing or of another type reads as empty: a newer or older daemon may tell more or less.
inline std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : std::string(); }
inline std::string text_at(const Json& object, const char* name) { return text_of(member(object, name)); }
inline std::optional<std::string> maybe_text_at(const Json& object, const char* name) {
  const Json& found = member(object, name);
  return found.is_string() ? std::optional(found.get<std::string>()) : std::nullopt;
}
inline bool flag_at(const Json& object, const char* name) {
  const Json& found = member(object, name);
  return found.is_boolean() && found.get<bool>();
}
inline std::uint64_t number_at(const Json& object, const char* name) {
  const Json& found = member(object, name);
  return found.is_number_unsigned() ? found.get<std::uint64_t>() : 0;
}
inline std::vector<std::string> texts_at(const Json& object, const char* name) {
  std::vector<std::string> texts;
  if (const Json& found = member(object, name); found.is_array())
    for (const Json& element : found) texts.push_back(text_of(element));
  return texts;
}

}  // namespace holdfast::api
