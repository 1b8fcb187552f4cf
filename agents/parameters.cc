#include "agents/parameters.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/format.h"

namespace holdfast::agent {
namespace {

using Json = nlohmann::json;

/// The parsed text, or a discarded value.
Json parse(const std::string& text) { return Json::parse(text, nullptr, /*allow_exceptions=*/false); }

}  // namespace

Result<long> number_parameter(const Invocation& call, const std::string& name, long standard, long least, long most) {
  const auto text = call.parameter(name);
  if (!text) return standard;
  long value = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || value < least || value > most)
    return failure(format("parameter {} = \"{}\": must be a whole number from {} to {}", name, *text, least, most));
  return value;
}

Result<std::vector<std::string>> list_parameter(const Invocation& call, const std::string& name) {
  const auto text = call.parameter(name);
  std::vector<std::string> out;
  if (!text) return out;
  const Json list = parse(*text);
  const std::string wrong =
      format("parameter {} = {}: must be a list of strings, for example [\"/bin/true\", \"-x\"]", name, *text);
  if (!list.is_array()) return failure(wrong);
  for (const Json& item : list) {
    if (!item.is_string()) return failure(wrong);
    out.push_back(item.get<std::string>());
  }
  return out;
}

Result<std::vector<std::string>> environment_parameter(const Invocation& call, const std::string& name) {
  const auto text = call.parameter(name);
  std::vector<std::string> out;
  if (!text) return out;
  const Json value = parse(*text);
  const std::string wrong =
      format("parameter {} = {}: must be a table of strings or a list of \"NAME=value\"", name, *text);
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      if (!item.is_string() || key.empty() || key.find('=') != std::string::npos) return failure(wrong);
      out.push_back(key + "=" + item.get<std::string>());
    }
    return out;
  }
  if (!value.is_array()) return failure(wrong);
  for (const Json& item : value) {
    if (!item.is_string() || item.get<std::string>().find('=') == std::string::npos) return failure(wrong);
    out.push_back(item.get<std::string>());
  }
  return out;
}

}  // namespace holdfast::agent
