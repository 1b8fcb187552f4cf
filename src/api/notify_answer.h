// Answer of POST /v1/notify/test: what happened to a test of each receiver (V5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace holdfast::api {

struct NotifyTestResult {
  std::string target;  ///< with its host, where a target has several
  std::string by;      ///< mail, snmp, webhook, program
  bool taken = false;
  std::string text;  ///< what the receiver said, or why it could not be told
  bool operator==(const NotifyTestResult&) const = default;
};

/// {"results": [...]}
std::string to_json(const std::vector<NotifyTestResult>& results);
Result<std::vector<NotifyTestResult>> parse_notify_test(std::string_view json);

}  // namespace holdfast::api
