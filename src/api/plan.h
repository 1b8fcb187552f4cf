// What is asked and answered about another configuration (V9), with its JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "model/facts.h"

namespace holdfast::api {

/// Body of POST /v1/plan and POST /v1/apply.
struct ConfigBody {
  std::string text;            ///< of the file
  std::string file;            ///< its name, for messages
  std::optional<Digest> base;  ///< apply: of the configuration that it was planned against; none: the present one
  Force force = Force::no;     ///< apply
  bool operator==(const ConfigBody&) const = default;
};

/// Answer of POST /v1/plan: one line each.
struct PlanAnswer {
  std::vector<std::string> mistakes;  ///< of the file; nothing else is known then
  std::vector<std::string> warnings;
  std::vector<std::string> changes;
  std::vector<std::string> refused;  ///< why it cannot be applied now; empty: it can
  std::vector<std::string> notes;    ///< what it means for what runs
  std::vector<std::string> added;    ///< names of new resources
  Digest base;                       ///< of the present configuration
  Digest digest;                     ///< of the new one
  std::uint64_t generation = 0;      ///< of the present one
  bool operator==(const PlanAnswer&) const = default;
};

/// Answer of GET /v1/config.
struct ConfigAnswer {
  std::uint64_t generation = 0;
  Digest digest;
  std::string text;
  bool operator==(const ConfigAnswer&) const = default;
};

/// 16 hexadecimal digits, and back.
std::string to_text(Digest digest);
std::optional<Digest> parse_digest(std::string_view text);

std::string to_json(const ConfigBody& body);
std::string to_json(const PlanAnswer& answer);
std::string to_json(const ConfigAnswer& answer);
Result<ConfigBody> parse_config_body(std::string_view json);
Result<PlanAnswer> parse_plan(std::string_view json);
Result<ConfigAnswer> parse_config_answer(std::string_view json);

}  // namespace holdfast::api
