// The target of an HTTP request, taken apart.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace holdfast::api {

/// "/v1/log?level=warn" -> segments {"v1", "log"}, query {{"level", "warn"}}; percent-decoded.
struct Target {
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;
};

/// Errors: no leading slash, a bad percent escape, a query field given twice.
Result<Target> parse_target(std::string_view text);

/// For one segment or one query value.
std::string percent_encode(std::string_view text);

}  // namespace holdfast::api
