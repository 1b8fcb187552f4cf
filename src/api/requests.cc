// What operators ask for: POST with a verb at the end of the path.
#include <algorithm>
#include <array>
#include <span>

#include "api/exchange.h"
#include "base/format.h"

namespace holdfast::api {
namespace {

struct Verb {
  std::string_view word;
  RequestKind kind;
  bool on = false;
};

constexpr std::array<Verb, 6> resource_verbs{{{"start", RequestKind::start},
                                              {"stop", RequestKind::stop},
                                              {"move", RequestKind::move},
                                              {"resolve", RequestKind::resolve},
                                              {"maintenance-on", RequestKind::maintenance, true},
                                              {"maintenance-off", RequestKind::maintenance}}};
constexpr std::array<Verb, 6> node_verbs{{{"leave", RequestKind::leave},
                                          {"confirm-off", RequestKind::confirm_off},
                                          {"confirm-yes", RequestKind::confirm, true},
                                          {"confirm-no", RequestKind::confirm},
                                          {"maintenance-on", RequestKind::maintenance, true},
                                          {"maintenance-off", RequestKind::maintenance}}};
constexpr std::array<Verb, 2> cluster_verbs{
    {{"on", RequestKind::maintenance, true}, {"off", RequestKind::maintenance}}};

/// The request that the verb names; nothing if there is no such verb.
std::optional<Request> request_of(std::span<const Verb> verbs, std::string_view word) {
  const auto verb = std::find_if(verbs.begin(), verbs.end(), [&](const Verb& v) { return v.word == word; });
  if (verb == verbs.end()) return std::nullopt;
  Request asked;
  asked.kind = verb->kind;
  asked.on = verb->on;
  return asked;
}

bool takes_node(RequestKind kind) {
  return kind == RequestKind::start || kind == RequestKind::stop || kind == RequestKind::move ||
         kind == RequestKind::resolve;
}

/// The field that means nothing here; empty if there is none.
std::string stray_field(const Request& asked, const RequestBody& body) {
  if (body.node && !takes_node(asked.kind)) return "node";
  if (body.force == Force::yes && !takes_node(asked.kind)) return "force";
  if (body.keep_resources && asked.kind != RequestKind::leave) return "keep_resources";
  return {};
}

HttpResponse to_response(const RequestAnswer& answer) {
  switch (answer.kind) {
    case AnswerKind::done:
      return json_response(to_json(answer));
    case AnswerKind::refused:
      return json_response(to_json(answer), refused_by_state);
    case AnswerKind::failed:
      break;
  }
  return json_response(to_json(answer), failed);
}

}  // namespace

/// The body, if it fits the request; otherwise the mistake is answered.
std::optional<RequestBody> Exchange::body_for(const Request& asked) const {
  const Result<RequestBody> body = parse_request_body(request_.body);
  std::string mistake;
  if (!body)
    mistake = body.error().text;
  else if (const std::string stray = stray_field(asked, *body); !stray.empty())
    mistake = format("body field \"{}\": not allowed for {}", stray, quoted(request_.target));
  if (mistake.empty()) return *body;
  reply_->send(error_response(bad_request, mistake));
  return std::nullopt;
}

void Exchange::post_resource(const std::string& name, const std::string& verb) const {
  std::optional<Request> asked = request_of(resource_verbs, verb);
  if (!asked) return no_such_path();
  if (!allows("POST")) return;
  const auto config = service_.config();
  if (!config->resources.contains(ResourceName(name))) return reply_->send(unknown_resource(*config, name));
  const std::optional<RequestBody> body = body_for(*asked);
  if (!body) return;
  asked->resource = ResourceName(name);
  if (body->node) {
    const NodeConfig* found = config->node(*body->node);
    if (found == nullptr)
      return reply_->send(
          error_response(bad_request, format("node {}: unknown; known: {}", quoted(*body->node), node_names(*config))));
    asked->node = found->id;
  }
  const bool needs_node = asked->kind == RequestKind::move || asked->kind == RequestKind::resolve;
  if (needs_node && !asked->node)
    return reply_->send(
        error_response(bad_request, format("body field \"node\": missing; {} needs one of: {}",
                                           verb == "move" ? "a move" : "to resolve", node_names(*config))));
  ask(std::move(*asked), *body);
}

void Exchange::post_node(const std::string& name, const std::string& verb) const {
  std::optional<Request> asked = request_of(node_verbs, verb);
  if (!asked) return no_such_path();
  if (!allows("POST")) return;
  const auto config = service_.config();
  const NodeConfig* node = config->node(name);
  if (node == nullptr)
    return reply_->send(
        error_response(not_found, format("node {}: unknown; known: {}", quoted(name), node_names(*config))));
  asked->node = node->id;
  if (const std::optional<RequestBody> body = body_for(*asked)) ask(std::move(*asked), *body);
}

void Exchange::post_maintenance(const std::string& word) const {
  std::optional<Request> asked = request_of(cluster_verbs, word);
  if (!asked) return no_such_path();
  if (!allows("POST")) return;
  if (const std::optional<RequestBody> body = body_for(*asked)) ask(std::move(*asked), *body);
}

/// V9: `plan` or `apply`.
void Exchange::post_config(const std::string& verb) const {
  if (!allows("POST")) return;
  const Result<ConfigBody> body = parse_config_body(request_.body);
  if (!body) return reply_->send(error_response(bad_request, body.error().text));
  Planned planned = service_.plan(body->text, body->file);
  if (verb == "plan") return reply_->send(json_response(to_json(planned.answer)));
  if (!planned.proposal)
    return reply_->send(error_response(bad_request, format("{}", fmt::join(planned.answer.mistakes, "; "))));
  if (body->base) planned.proposal->base = *body->base;
  Request asked;
  asked.kind = RequestKind::apply;
  asked.force = body->force;
  asked.proposal = std::move(planned.proposal);
  service_.request(std::move(asked),
                   [reply = reply_](const RequestAnswer& answer) { reply->send(to_response(answer)); });
}

void Exchange::ask(Request asked, const RequestBody& body) const {
  asked.force = body.force;
  if (body.keep_resources) asked.mode = LeaveMode::keep_resources;
  if (body.dry_run) return reply_->send(json_response(to_json(service_.preview(asked))));
  if (!body.wait) {
    reply_->send(
        json_response(R"({"result":"accepted","text":"accepted; see /v1/status for what comes of it"})", accepted));
    service_.request(std::move(asked), [](const RequestAnswer&) {});
    return;
  }
  service_.request(std::move(asked),
                   [reply = reply_](const RequestAnswer& answer) { reply->send(to_response(answer)); });
}

}  // namespace holdfast::api
