#include "api/answers.h"
#include "api/json_fields.h"

namespace holdfast::api {
namespace {

const char* word(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::done:
      return "done";
    case AnswerKind::failed:
      return "failed";
    case AnswerKind::refused:
      return "refused";
  }
  return "failed";
}

const char* word(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::notify:
      return "notify";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "notify";
}

Severity severity_of(const std::string& text) {
  for (const Severity s : {Severity::info, Severity::notify, Severity::warning, Severity::error})
    if (text == word(s)) return s;
  return Severity::notify;
}

Json record_json(const DecisionRecord& r) {
  Json rejected = Json::array();
  for (const RejectedNode& n : r.rejected) rejected.push_back({{"node", n.node}, {"why", n.why}});
  return {{"time", utc_text(r.at)},       {"epoch", r.epoch},     {"resource", r.resource}, {"node", r.node},
          {"severity", word(r.severity)}, {"message", r.message}, {"rule", r.rule},         {"text", r.text},
          {"rejected", rejected}};
}

DecisionRecord parse_record(const Json& json) {
  DecisionRecord r;
  r.at = parse_utc(text_at(json, "time")).value_or(WallTime{});
  r.epoch = text_at(json, "epoch");
  r.resource = text_at(json, "resource");
  r.node = text_at(json, "node");
  r.severity = severity_of(text_at(json, "severity"));
  r.message = static_cast<std::uint32_t>(number_at(json, "message"));
  r.rule = text_at(json, "rule");
  r.text = text_at(json, "text");
  if (const Json& rejected = member(json, "rejected"); rejected.is_array())
    for (const Json& n : rejected) r.rejected.push_back({text_at(n, "node"), text_at(n, "why")});
  return r;
}

}  // namespace

std::string to_json(const RequestAnswer& answer) {
  Json json = {{"result", word(answer.kind)}, {"text", answer.text}};
  if (answer.kind != AnswerKind::done) json["error"] = answer.text;
  return dump(json);
}

std::string to_json(const RequestBody& body) {
  Json json = {{"force", body.force == Force::yes}, {"wait", body.wait}};
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
    } else if (name == "force" || name == "wait") {
      if (!value.is_boolean()) return failure("body field \"" + name + "\": must be true or false");
      if (name == "wait")
        body.wait = value.get<bool>();
      else
        body.force = value.get<bool>() ? Force::yes : Force::no;
    } else {
      return failure("body field \"" + name.substr(0, 64) + "\": unknown; allowed: node, force, wait");
    }
  }
  return body;
}

Result<RequestAnswer> parse_request_answer(std::string_view text) {
  const Result<Json> json = parse_object(text, "the answer");
  if (!json) return tl::unexpected(json.error());
  const std::string result = text_at(*json, "result");
  for (const AnswerKind kind : {AnswerKind::done, AnswerKind::failed, AnswerKind::refused})
    if (result == word(kind)) return RequestAnswer{kind, text_at(*json, "text")};
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
