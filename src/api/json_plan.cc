#include <algorithm>
#include <array>
#include <charconv>

#include "api/json_fields.h"
#include "api/plan.h"
#include "base/format.h"

namespace holdfast::api {

namespace {

constexpr int hexadecimal = 16;

Digest digest_at(const Json& json, const char* name) { return parse_digest(text_at(json, name)).value_or(Digest{}); }

Result<void> check_names(const Json& json) {
  static constexpr std::array<std::string_view, 4> known{"text", "file", "base", "force"};
  for (const auto& [name, value] : json.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      return failure(format("body field \"{}\": unknown; allowed: text, file, base, force", name.substr(0, 64)));
  return {};
}

}  // namespace

std::string to_text(Digest digest) { return format("{:016x}", digest.value); }

std::optional<Digest> parse_digest(std::string_view text) {
  Digest digest;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), digest.value, hexadecimal);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return digest;
}

std::string to_json(const ConfigBody& body) {
  Json json{{"text", body.text}, {"file", body.file}, {"force", body.force == Force::yes}};
  if (body.base) json["base"] = to_text(*body.base);
  return dump(json);
}

std::string to_json(const PlanAnswer& a) {
  return dump({{"mistakes", a.mistakes},
               {"warnings", a.warnings},
               {"changes", a.changes},
               {"refused", a.refused},
               {"notes", a.notes},
               {"added", a.added},
               {"base", to_text(a.base)},
               {"digest", to_text(a.digest)},
               {"generation", a.generation}});
}

std::string to_json(const ConfigAnswer& a) {
  return dump({{"generation", a.generation}, {"digest", to_text(a.digest)}, {"text", a.text}});
}

Result<ConfigBody> parse_config_body(std::string_view text) {
  Result<Json> json = parse_object(text, "body");
  if (!json) return tl::unexpected(json.error());
  if (Result<void> names = check_names(*json); !names) return tl::unexpected(names.error());
  if (!member(*json, "text").is_string()) return failure("body field \"text\": missing; it is the configuration file");
  ConfigBody body{text_at(*json, "text"), text_at(*json, "file"), std::nullopt, Force::no};
  if (const Json& force = member(*json, "force"); !force.is_null()) {
    if (!force.is_boolean()) return failure("body field \"force\": allowed: true, false");
    if (force.get<bool>()) body.force = Force::yes;
  }
  if (const Json& base = member(*json, "base"); !base.is_null()) {
    body.base = parse_digest(text_of(base));
    if (!body.base) return failure("body field \"base\": allowed: the \"base\" of a plan, 16 hexadecimal digits");
  }
  return body;
}

Result<PlanAnswer> parse_plan(std::string_view text) {
  const Result<Json> json = parse_object(text, "plan");
  if (!json) return tl::unexpected(json.error());
  return PlanAnswer{texts_at(*json, "mistakes"), texts_at(*json, "warnings"), texts_at(*json, "changes"),
                    texts_at(*json, "refused"),  texts_at(*json, "notes"),    texts_at(*json, "added"),
                    digest_at(*json, "base"),    digest_at(*json, "digest"),  number_at(*json, "generation")};
}

Result<ConfigAnswer> parse_config_answer(std::string_view text) {
  const Result<Json> json = parse_object(text, "configuration");
  if (!json) return tl::unexpected(json.error());
  return ConfigAnswer{number_at(*json, "generation"), digest_at(*json, "digest"), text_at(*json, "text")};
}

}  // namespace holdfast::api
