#include "api/router.h"

#include <charconv>

#include "api/target.h"
#include "api/why.h"
#include "base/format.h"

namespace holdfast::api {
namespace {

constexpr unsigned ok = 200;
constexpr unsigned accepted = 202;
constexpr unsigned bad_request = 400;
constexpr unsigned not_found = 404;
constexpr unsigned method_not_allowed = 405;
constexpr unsigned refused_by_state = 409;
constexpr unsigned failed = 500;

HttpResponse json_response(std::string body, unsigned status = ok) {
  return {status, "application/json", std::move(body)};
}
HttpResponse error_response(unsigned status, std::string_view text) { return json_response(error_json(text), status); }

/// What came from outside, short enough for one line.
std::string quoted(std::string_view text) {
  std::string clean;
  for (const char c : text.substr(0, 64)) clean += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return "\"" + clean + (text.size() > 64 ? "..." : "") + "\"";
}

std::string resource_names(const ClusterConfig& config) {
  std::vector<std::string> names;
  for (const auto& [name, resource] : config.resources) names.push_back(name.value);
  return names.empty() ? "none is configured" : format("{}", fmt::join(names, ", "));
}

std::string node_names(const ClusterConfig& config) {
  std::vector<std::string> names;
  for (const NodeConfig& node : config.nodes) names.push_back(node.name);
  return format("{}", fmt::join(names, ", "));
}

HttpResponse unknown_resource(const ClusterConfig& config, std::string_view name) {
  return error_response(not_found, format("resource {}: unknown; known: {}", quoted(name), resource_names(config)));
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

/// One request; the router's members without its streams.
class Exchange {
 public:
  Exchange(Service& service, const HttpRequest& request, const std::shared_ptr<HttpReply>& reply, const Target& target)
      : service_(service), request_(request), reply_(reply), target_(target) {}

  void get_log() const;
  void get_resource(const std::string& name) const;
  void get_why(const std::string& name) const;
  void post_resource(const std::string& name, const std::string& verb) const;
  void post_node(const std::string& name, const std::string& verb) const;
  void post_config(const std::string& verb) const;

  /// Answers 405 unless the method is the one allowed.
  bool allows(std::string_view method) const {
    if (request_.method == method) return true;
    reply_->send(error_response(method_not_allowed, format("method {}: not allowed for {}; allowed: {}",
                                                           quoted(request_.method), quoted(request_.target), method)));
    return false;
  }

  void no_such_path() const {
    reply_->send(error_response(
        not_found, format("path {}: unknown; known: /v1/status, /v1/resources, /v1/resources/<name>, "
                          "/v1/resources/<name>/start|stop|move, /v1/nodes/<name>/confirm-yes|confirm-no|confirm-off, "
                          "/v1/why/<name>, /v1/log, /v1/events, /v1/version, "
                          "/v1/config, /v1/plan, /v1/apply",
                          quoted(request_.target))));
  }

 private:
  void ask(Request asked, const RequestBody& body) const;

  Service& service_;
  const HttpRequest& request_;
  const std::shared_ptr<HttpReply>& reply_;
  const Target& target_;
};

void Exchange::get_log() const {
  LogFilter filter;
  std::uint64_t from = 0;
  for (const auto& [name, value] : target_.query) {
    if (name == "resource") {
      filter.resource = value;
    } else if (name == "node") {
      filter.node = value;
    } else if (name == "module") {
      filter.module = value;
    } else if (name == "level") {
      const Result<LogLevel> level = parse_level(value);
      if (!level) return reply_->send(error_response(bad_request, "query field " + level.error().text));
      filter.level = *level;
    } else if (name == "since") {
      filter.since = parse_time(value);
      if (!filter.since)
        return reply_->send(
            error_response(bad_request, format("query field since: {}; allowed: 2026-01-31T12:00:00Z", quoted(value))));
    } else if (name == "from") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), from);
      if (error != std::errc() || end != value.data() + value.size())
        return reply_->send(error_response(
            bad_request, format("query field from: {}; allowed: the \"next\" of an answer", quoted(value))));
    } else {
      return reply_->send(error_response(
          bad_request,
          format("query field {}: unknown; allowed: level, resource, node, module, since, from", quoted(name))));
    }
  }
  reply_->send(json_response(to_json(service_.log(filter, from))));
}

void Exchange::get_resource(const std::string& name) const {
  const auto config = service_.config();
  const auto resource = config->resources.find(ResourceName(name));
  const Status status = service_.status();
  const ResourceStatus* shown = status.resource(name);
  if (resource == config->resources.end() || shown == nullptr) return reply_->send(unknown_resource(*config, name));
  reply_->send(json_response(resource_json(*config, resource->second, *shown)));
}

void Exchange::get_why(const std::string& name) const {
  const Status status = service_.status();
  const ResourceStatus* resource = status.resource(name);
  if (resource == nullptr) return reply_->send(unknown_resource(*service_.config(), name));
  WhyAnswer answer{name, {}, decisions_about(status, name, service_.decisions())};
  answer.sentence = why_sentence(status, *resource, answer.decisions);
  if (!status.synced) answer.sentence += format(" (this node is not in sync: {})", status.unsynced_because);
  reply_->send(json_response(to_json(answer)));
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

void Exchange::post_resource(const std::string& name, const std::string& verb) const {
  RequestKind kind = RequestKind::start;
  if (verb == "stop")
    kind = RequestKind::stop;
  else if (verb == "move")
    kind = RequestKind::move;
  else if (verb != "start")
    return no_such_path();
  if (!allows("POST")) return;
  const auto config = service_.config();
  if (!config->resources.contains(ResourceName(name))) return reply_->send(unknown_resource(*config, name));
  const Result<RequestBody> body = parse_request_body(request_.body);
  if (!body) return reply_->send(error_response(bad_request, body.error().text));
  std::optional<NodeId> node;
  if (body->node) {
    const NodeConfig* found = config->node(*body->node);
    if (found == nullptr)
      return reply_->send(
          error_response(bad_request, format("node {}: unknown; known: {}", quoted(*body->node), node_names(*config))));
    node = found->id;
  }
  if (kind == RequestKind::move && !node)
    return reply_->send(error_response(
        bad_request, format("body field \"node\": missing; a move needs one of: {}", node_names(*config))));
  Request asked;
  asked.kind = kind;
  asked.resource = ResourceName(name);
  asked.node = node;
  asked.force = body->force;
  ask(std::move(asked), *body);
}

/// What an operator says of a node that was lost (N6, G3).
void Exchange::post_node(const std::string& name, const std::string& verb) const {
  Request asked;
  asked.kind = verb == "confirm-off" ? RequestKind::confirm_off : RequestKind::confirm;
  asked.on = verb == "confirm-yes";
  if (verb != "confirm-off" && verb != "confirm-yes" && verb != "confirm-no") return no_such_path();
  if (!allows("POST")) return;
  const auto config = service_.config();
  const NodeConfig* node = config->node(name);
  if (node == nullptr)
    return reply_->send(
        error_response(not_found, format("node {}: unknown; known: {}", quoted(name), node_names(*config))));
  asked.node = node->id;
  const Result<RequestBody> body = parse_request_body(request_.body);
  if (!body) return reply_->send(error_response(bad_request, body.error().text));
  if (body->node || body->force == Force::yes)
    return reply_->send(error_response(bad_request, "body: only the field \"wait\" is allowed here"));
  ask(std::move(asked), *body);
}

void Exchange::ask(Request asked, const RequestBody& body) const {
  if (!body.wait) {
    reply_->send(
        json_response(R"({"result":"accepted","text":"accepted; see /v1/status for what comes of it"})", accepted));
    service_.request(std::move(asked), [](const RequestAnswer&) {});
    return;
  }
  service_.request(std::move(asked),
                   [reply = reply_](const RequestAnswer& answer) { reply->send(to_response(answer)); });
}

}  // namespace

Router::Router(Service& service) : service_(service) {}
Router::~Router() = default;

void Router::handle(const HttpRequest& request, const std::shared_ptr<HttpReply>& reply) {
  const Result<Target> target = parse_target(request.target);
  if (!target) return reply->send(error_response(bad_request, target.error().text));
  const Exchange exchange(service_, request, reply, *target);
  const std::vector<std::string>& path = target->segments;
  if (path.size() < 2 || path[0] != "v1") return exchange.no_such_path();
  if (path.size() == 2 && (path[1] == "plan" || path[1] == "apply")) return exchange.post_config(path[1]);
  if (path[1] == "resources" && path.size() == 4) return exchange.post_resource(path[2], path[3]);
  if (path[1] == "nodes" && path.size() == 4) return exchange.post_node(path[2], path[3]);

  const bool known = (path.size() == 2 && (path[1] == "status" || path[1] == "resources" || path[1] == "log" ||
                                           path[1] == "version" || path[1] == "events" || path[1] == "config")) ||
                     (path.size() == 3 && (path[1] == "resources" || path[1] == "why"));
  if (!known) return exchange.no_such_path();
  if (!exchange.allows("GET")) return;
  if (path[1] != "log" && !target->query.empty())
    return reply->send(error_response(
        bad_request, format("query field {}: unknown; this path takes none", quoted(target->query.begin()->first))));
  if (path[1] == "status") return reply->send(json_response(to_json(service_.status())));
  if (path[1] == "config") return reply->send(json_response(to_json(service_.stored_config())));
  if (path[1] == "version") return reply->send(json_response(to_json(service_.version())));
  if (path[1] == "log") return exchange.get_log();
  if (path[1] == "why") return exchange.get_why(path[2]);
  if (path[1] == "resources" && path.size() == 3) return exchange.get_resource(path[2]);
  if (path[1] == "resources") return reply->send(json_response(resources_json(service_.status())));
  std::erase_if(streams_, [](const auto& stream) { return !stream->connected(); });
  reply->begin_stream("text/event-stream", ": alive\n\n");
  reply->write("event: changed\ndata: {}\n\n");  // so that a reader always begins with a fresh status
  streams_.push_back(reply);
}

void Router::status_changed() { publish("changed", "{}"); }
void Router::decided(const DecisionRecord& record) { publish("decision", to_json(record)); }

void Router::publish(std::string_view event, std::string_view json) {
  std::erase_if(streams_, [](const auto& stream) { return !stream->connected(); });
  for (const auto& stream : streams_) stream->write(format("event: {}\ndata: {}\n\n", event, json));
}

}  // namespace holdfast::api
