#include "api/notify_answer.h"

#include <algorithm>

#include "api/exchange.h"
#include "api/json_fields.h"
#include "base/format.h"
#include "model/names.h"

namespace holdfast::api {

std::string to_json(const std::vector<NotifyTestResult>& results) {
  Json all = Json::array();
  for (const NotifyTestResult& r : results)
    all.push_back({{"target", r.target}, {"by", r.by}, {"taken", r.taken}, {"text", r.text}});
  return dump({{"results", all}});
}

Result<std::vector<NotifyTestResult>> parse_notify_test(std::string_view text) {
  const Result<Json> json = parse_object(text, "the answer");
  if (!json) return tl::unexpected(json.error());
  std::vector<NotifyTestResult> results;
  if (const Json& all = member(*json, "results"); all.is_array())
    for (const Json& r : all) {
      const Json& taken = member(r, "taken");
      results.push_back(
          {text_at(r, "target"), text_at(r, "by"), taken.is_boolean() && taken.get<bool>(), text_at(r, "text")});
    }
  return results;
}

/// `name`: of one target; empty: all.
void Exchange::post_notify_test(const std::string& name) const {
  if (!allows("POST")) return;
  const auto config = service_.config();
  std::vector<NotifyTarget> targets;
  std::vector<std::string> names;
  for (const NotifyTarget& target : config->notify) {
    names.push_back(target.name);
    if (name.empty() || target.name == name) targets.push_back(target);
  }
  if (names.empty())
    return reply_->send(error_response(refused_by_state, "nobody is notified: the configuration has no [[notify]]"));
  if (targets.empty())
    return reply_->send(error_response(
        not_found, format("target {}: unknown; known: {}", api::quoted(name), format("{}", fmt::join(names, ", ")))));
  const bool begun = service_.test_notify(std::move(targets), [reply = reply_](std::vector<NotifyTestResult> results) {
    reply->send(json_response(to_json(results)));
  });
  if (!begun) reply_->send(error_response(refused_by_state, "another test is under way; wait for its end"));
}

}  // namespace holdfast::api
