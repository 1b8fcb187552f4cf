#include "api/answers.h"
#include "api/json_fields.h"

namespace holdfast::api {
namespace {

Json optional_text(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

Json links_json(const std::vector<LinkStatus>& links) {
  Json array = Json::array();
  for (const LinkStatus& l : links)
    array.push_back({{"node", l.node},
                     {"peer", l.peer},
                     {"index", l.index},
                     {"local", l.local},
                     {"remote", l.remote},
                     {"up", l.up}});
  return array;
}

Json resource_status_json(const ResourceStatus& r) {
  Json states = Json::object();
  for (const auto& [node, state] : r.states) states[node] = word(state);
  Json text = Json::object();
  for (const auto& [node, cause] : r.text) text[node] = cause;
  return {{"name", r.name},
          {"agent", r.agent},
          {"depends_on", r.depends_on},
          {"nodes", r.nodes},
          {"wanted_on", optional_text(r.wanted_on)},
          {"states", states},
          {"text", text}};
}

Json resources_array(const Status& status) {
  Json array = Json::array();
  for (const ResourceStatus& r : status.resources) array.push_back(resource_status_json(r));
  return array;
}

std::vector<LinkStatus> parse_links(const Json& array) {
  std::vector<LinkStatus> links;
  if (array.is_array())
    for (const Json& l : array)
      links.push_back({text_at(l, "node"), text_at(l, "peer"), static_cast<std::uint32_t>(number_at(l, "index")),
                       text_at(l, "local"), text_at(l, "remote"), flag_at(l, "up")});
  return links;
}

ResourceStatus parse_resource(const Json& json) {
  ResourceStatus r;
  r.name = text_at(json, "name");
  r.agent = text_at(json, "agent");
  r.depends_on = texts_at(json, "depends_on");
  r.nodes = texts_at(json, "nodes");
  r.wanted_on = maybe_text_at(json, "wanted_on");
  if (const Json& states = member(json, "states"); states.is_object())
    for (const auto& [node, state] : states.items())
      r.states[node] = state_shown(text_of(state)).value_or(StateShown::unknown);
  if (const Json& text = member(json, "text"); text.is_object())
    for (const auto& [node, cause] : text.items()) r.text[node] = text_of(cause);
  return r;
}

Json durations(const Timeouts& t) {
  return {{"start_ms", t.start.count()}, {"stop_ms", t.stop.count()}, {"monitor_ms", t.monitor.count()}};
}

}  // namespace

std::string to_json(const Status& status) {
  Json attention = Json::array();
  for (const Attention& a : status.attention)
    attention.push_back(
        {{"kind", a.kind}, {"node", a.node}, {"resource", a.resource}, {"text", a.text}, {"command", a.command}});
  Json nodes = Json::array();
  for (const NodeStatus& n : status.nodes)
    nodes.push_back({{"name", n.name}, {"state", word(n.state)}, {"self", n.self}, {"links", links_json(n.links)}});
  Json hierarchies = Json::array();
  for (const HierarchyStatus& h : status.hierarchies)
    hierarchies.push_back({{"name", h.name}, {"resources", h.resources}});
  return dump({{"cluster", status.cluster},
               {"node", status.node},
               {"version", status.version},
               {"synced", status.synced},
               {"unsynced_because", status.unsynced_because},
               {"profile", status.profile},
               {"detection", status.detection},
               {"watchdog", status.watchdog},
               {"nodes", nodes},
               {"links", links_json(status.links)},
               {"hierarchies", hierarchies},
               {"resources", resources_array(status)},
               {"left_out", status.left_out},
               {"maintenance",
                {{"cluster", status.maintenance.cluster},
                 {"nodes", status.maintenance.nodes},
                 {"resources", status.maintenance.resources}}},
               {"attention", attention}});
}

Result<Status> parse_status(std::string_view text) {
  const Result<Json> parsed = parse_object(text, "the status");
  if (!parsed) return tl::unexpected(parsed.error());
  const Json& json = *parsed;
  Status status;
  status.cluster = text_at(json, "cluster");
  status.node = text_at(json, "node");
  status.version = text_at(json, "version");
  status.synced = flag_at(json, "synced");
  status.unsynced_because = text_at(json, "unsynced_because");
  status.profile = text_at(json, "profile");
  status.detection = text_at(json, "detection");
  status.watchdog = text_at(json, "watchdog");
  status.links = parse_links(member(json, "links"));
  status.left_out = texts_at(json, "left_out");
  if (const Json& nodes = member(json, "nodes"); nodes.is_array())
    for (const Json& n : nodes)
      status.nodes.push_back({text_at(n, "name"), node_shown(text_at(n, "state")).value_or(NodeShown::unknown),
                              flag_at(n, "self"), parse_links(member(n, "links"))});
  if (const Json& hierarchies = member(json, "hierarchies"); hierarchies.is_array())
    for (const Json& h : hierarchies) status.hierarchies.push_back({text_at(h, "name"), texts_at(h, "resources")});
  if (const Json& resources = member(json, "resources"); resources.is_array())
    for (const Json& r : resources) status.resources.push_back(parse_resource(r));
  const Json& maintenance = member(json, "maintenance");
  status.maintenance = {flag_at(maintenance, "cluster"), texts_at(maintenance, "nodes"),
                        texts_at(maintenance, "resources")};
  if (const Json& attention = member(json, "attention"); attention.is_array())
    for (const Json& a : attention)
      status.attention.push_back(
          {text_at(a, "kind"), text_at(a, "node"), text_at(a, "resource"), text_at(a, "text"), text_at(a, "command")});
  return status;
}

std::string resources_json(const Status& status) { return dump({{"resources", resources_array(status)}}); }

std::string resource_json(const ClusterConfig& config, const ResourceConfig& resource, const ResourceStatus& status) {
  Json json = resource_status_json(status);
  Json parameters = Json::object();
  for (const auto& [name, value] : resource.parameters) parameters[name] = value;
  json["parameters"] = parameters;
  json["monitor_interval_ms"] = resource.monitor_interval.count();
  json["monitor_timeouts"] = resource.monitor_timeouts;
  json["timeouts"] = durations(resource.timeouts);
  json["local_recovery"] = resource.policy.local_recovery;
  json["switchback"] = resource.switchback == Switchback::manual ? "manual" : "automatic";
  json["cluster"] = config.name;
  return dump(json);
}

}  // namespace holdfast::api
