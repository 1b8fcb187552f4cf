#include "api/answers.h"
#include "api/json_fields.h"
#include "api/json_records.h"
#include "model/names.h"

namespace holdfast::api {

std::string to_json(const RequestAnswer& answer) {
  Json json = {{"result", name_of(answer.kind)}, {"text", answer.text}};
  if (answer.kind != AnswerKind::done) json["error"] = answer.text;
  return dump(json);
}

std::string to_json(const RequestBody& body) {
  Json json = {{"wait", body.wait}};
  if (body.force == Force::yes) json["force"] = true;
  if (body.dry_run) json["dry_run"] = true;
  if (body.keep_resources) json["keep_resources"] = true;
  if (body.node) json["node"] = *body.node;
  return dump(json);
}

std::string to_json(const DecisionRecord& record) { return dump(record_json(record)); }

std::string to_json(const WhyAnswer& answer) {
  Json decisions = Json::array();
  for (const DecisionRecord& r : answer.decisions) decisions.push_back(record_json(r));
  return dump({{"resource", answer.resource}, {"sentence", answer.sentence}, {"decisions", decisions}});
}

std::string to_json(const VersionAnswer& a) {
  return dump({{"version", a.version}, {"cluster", a.cluster}, {"node", a.node}, {"log_file", a.log_file}});
}

std::string to_json(const LogPage& page) { return dump({{"lines", page.lines}, {"next", page.next}}); }

std::string error_json(std::string_view text) { return dump({{"error", text}}); }

Result<RequestBody> parse_request_body(std::string_view text) {
  RequestBody body;
  if (text.empty()) return body;
  const Result<Json> parsed = parse_object(text, "the body");
  if (!parsed)
    return failure(parsed.error().text + R"(; allowed: {"node": "<name>", "force": true|false, "wait": true|false})");
  for (const auto& [name, value] : parsed->items()) {
    if (name == "node") {
      if (!value.is_string() && !value.is_null()) return failure("body field \"node\": must be the name of a node");
      if (value.is_string()) body.node = value.get<std::string>();
    } else if (name == "force" || name == "wait" || name == "dry_run" || name == "keep_resources") {
      if (!value.is_boolean()) return failure("body field \"" + name + "\": must be true or false");
      const bool flag = value.get<bool>();
      if (name == "force") body.force = flag ? Force::yes : Force::no;
      if (name == "wait") body.wait = flag;
      if (name == "dry_run") body.dry_run = flag;
      if (name == "keep_resources") body.keep_resources = flag;
    } else {
      return failure("body field \"" + name.substr(0, 64) +
                     "\": unknown; allowed: node, force, wait, dry_run, keep_resources");
    }
  }
  return body;
}

Result<RequestAnswer> parse_request_answer(std::string_view text) {
  const Result<Json> json = parse_object(text, "the answer");
  if (!json) return tl::unexpected(json.error());
  const std::string result = text_at(*json, "result");
  for (const AnswerKind kind : {AnswerKind::done, AnswerKind::failed, AnswerKind::refused})
    if (result == name_of(kind)) return RequestAnswer{kind, text_at(*json, "text")};
  return failure("the answer has no known \"result\"");
}

Result<WhyAnswer> parse_why(std::string_view text) {
  const Result<Json> json = parse_object(text, "the answer");
  if (!json) return tl::unexpected(json.error());
  WhyAnswer answer{text_at(*json, "resource"), text_at(*json, "sentence"), {}};
  if (const Json& decisions = member(*json, "decisions"); decisions.is_array())
    for (const Json& r : decisions) answer.decisions.push_back(parse_record(r));
  return answer;
}

Result<VersionAnswer> parse_version(std::string_view text) {
  const Result<Json> json = parse_object(text, "the answer");
  if (!json) return tl::unexpected(json.error());
  return VersionAnswer{text_at(*json, "version"), text_at(*json, "cluster"), text_at(*json, "node"),
                       text_at(*json, "log_file")};
}

Result<LogPage> parse_log_page(std::string_view text) {
  const Result<Json> json = parse_object(text, "the answer");
  if (!json) return tl::unexpected(json.error());
  return LogPage{texts_at(*json, "lines"), number_at(*json, "next")};
}

std::string parse_error_text(std::string_view body) {
  const Result<Json> json = parse_object(body, "the answer");
  const std::string error = json ? text_at(*json, "error") : std::string();
  return error.empty() ? std::string(body.substr(0, 200)) : error;
}

}  // namespace holdfast::api
