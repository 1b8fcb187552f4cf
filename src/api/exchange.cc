#include "api/exchange.h"

#include <algorithm>
#include <charconv>

#include "api/why.h"
#include "base/format.h"

namespace holdfast::api {

HttpResponse json_response(std::string body, unsigned status) { return {status, "application/json", std::move(body)}; }
HttpResponse error_response(unsigned status, std::string_view text) { return json_response(error_json(text), status); }

std::string quoted(std::string_view text) {
  std::string clean;
  for (const char c : text.substr(0, 64)) clean += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return "\"" + clean + (text.size() > 64 ? "..." : "") + "\"";
}

namespace {

std::string resource_names(const ClusterConfig& config) {
  std::vector<std::string> names;
  for (const auto& [name, resource] : config.resources) names.push_back(name.value);
  return names.empty() ? "none is configured" : format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string node_names(const ClusterConfig& config) {
  std::vector<std::string> names;
  for (const NodeConfig& node : config.nodes) names.push_back(node.name);
  return format("{}", fmt::join(names, ", "));
}

HttpResponse unknown_resource(const ClusterConfig& config, std::string_view name) {
  return error_response(not_found, format("resource {}: unknown; known: {}", quoted(name), resource_names(config)));
}

bool Exchange::allows(std::string_view method) const {
  if (request_.method == method) return true;
  reply_->send(error_response(method_not_allowed, format("method {}: not allowed for {}; allowed: {}",
                                                         quoted(request_.method), quoted(request_.target), method)));
  return false;
}

void Exchange::no_such_path() const {
  reply_->send(error_response(
      not_found,
      format("path {}: unknown; known: /v1/status, /v1/resources, /v1/resources/<name>, "
             "/v1/resources/<name>/start|stop|move|resolve|maintenance-on|maintenance-off, "
             "/v1/nodes/<name>/leave|confirm-yes|confirm-no|confirm-off|maintenance-on|maintenance-off, "
             "/v1/maintenance/on|off, /v1/split, /v1/why/<name>, /v1/log, /v1/events, /v1/version, "
             "/v1/config, /v1/plan, /v1/apply, /v1/notify/test, /v1/notify/test/<name>, /v1/simulation-input",
             quoted(request_.target))));
}

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

/// B7: for each hierarchy that runs on several nodes, what keeping it on one of them would stop on the others.
void Exchange::get_split() const {
  const auto config = service_.config();
  const Status status = service_.status();
  std::vector<SplitHierarchy> split;
  for (const HierarchyStatus& hierarchy : status.hierarchies) {
    const std::vector<std::string> nodes = serving_nodes(status, hierarchy);
    if (nodes.size() < 2) continue;
    SplitHierarchy found{hierarchy.name, {}};
    for (const std::string& keep : nodes) {
      SplitChoice choice{keep, {}, {}};
      for (const std::string& name : hierarchy.resources)
        if (const ResourceStatus* r = status.resource(name); r != nullptr && r->states.contains(keep))
          if (serves(r->states.at(keep))) choice.serves.push_back(name);
      Request asked;
      asked.kind = RequestKind::resolve;
      asked.resource = ResourceName(hierarchy.resources.front());
      asked.node = config->node(keep)->id;
      choice.preview = service_.preview(asked);
      found.choices.push_back(std::move(choice));
    }
    split.push_back(std::move(found));
  }
  reply_->send(json_response(split_json(split)));
}

}  // namespace holdfast::api
