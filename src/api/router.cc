#include "api/router.h"

#include "api/exchange.h"
#include "base/format.h"

namespace holdfast::api {

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
  if (path[1] == "maintenance" && path.size() == 3) return exchange.post_maintenance(path[2]);

  if (path[1] == "notify" && (path.size() == 3 || path.size() == 4) && path[2] == "test")
    return exchange.post_notify_test(path.size() == 4 ? path[3] : "");

  const bool known = (path.size() == 2 && (path[1] == "status" || path[1] == "resources" || path[1] == "log" ||
                                           path[1] == "version" || path[1] == "events" || path[1] == "split" ||
                                           path[1] == "config" || path[1] == "simulation-input")) ||
                     (path.size() == 3 && (path[1] == "resources" || path[1] == "why"));
  if (!known) return exchange.no_such_path();
  if (!exchange.allows("GET")) return;
  if (path[1] != "log" && !target->query.empty())
    return reply->send(error_response(
        bad_request, format("query field {}: unknown; this path takes none", quoted(target->query.begin()->first))));
  if (path[1] == "status") return reply->send(json_response(to_json(service_.status())));
  if (path[1] == "config") return reply->send(json_response(to_json(service_.stored_config())));
  if (path[1] == "version") return reply->send(json_response(to_json(service_.version())));
  if (path[1] == "simulation-input") return reply->send({ok, "application/x-protobuf", service_.simulation_input()});
  if (path[1] == "log") return exchange.get_log();
  if (path[1] == "split") return exchange.get_split();
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
