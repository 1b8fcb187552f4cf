#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/status.h"
#include "api/target.h"
#include "api/why.h"
#include "base/format.h"
#include "cli/commands.h"
#include "cli/symbols.h"

namespace holdfast::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr unsigned ok = 200;

std::string where(const api::ResourceStatus& resource, const Console& console) {
  std::string text;
  for (const std::string& node : resource.nodes) {
    const auto state = resource.states.find(node);
    if (state == resource.states.end() || state->second == api::StateShown::out_of_service) continue;
    const Look shown = look(state->second);
    text += (text.empty() ? "" : ", ") + console.paint(format("{} on {}", shown.words, node), shown.colour);
  }
  return text.empty() ? console.paint("out of service", Colour::dim) : text;
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string list_of(const Json& array) {
  std::string text;
  if (array.is_array())
    for (const Json& element : array) text += (text.empty() ? "" : ", ") + text_of(element);
  return text.empty() ? "-" : text;
}

/// "name: value" lines of /v1/resources/<name>.
void print_settings(const Json& resource, const Console& console) {
  const auto line = [&](const char* name, const std::string& value) {
    console.out << padded(name, 18) << value << '\n';
  };
  const auto millis = [](const Json& object, const char* name) {
    const Json value = object.value(name, Json());
    return value.is_number() ? format("{} s", value.get<double>() / 1000) : std::string("-");
  };
  line("agent", text_of(resource.value("agent", Json("-"))));
  line("depends on", list_of(resource.value("depends_on", Json())));
  line("nodes", list_of(resource.value("nodes", Json())));
  line("wanted on", resource.value("wanted_on", Json()).is_string() ? text_of(resource["wanted_on"]) : "-");
  line("monitor interval", millis(resource, "monitor_interval_ms"));
  const Json timeouts = resource.value("timeouts", Json::object());
  if (timeouts.is_object())
    line("timeouts", format("start {}, stop {}, monitor {}", millis(timeouts, "start_ms"), millis(timeouts, "stop_ms"),
                            millis(timeouts, "monitor_ms")));
  line("local recovery", resource.value("local_recovery", Json(false)) == Json(true) ? "on" : "off");
  line("switchback", text_of(resource.value("switchback", Json("-"))));
  const Json parameters = resource.value("parameters", Json::object());
  if (parameters.is_object())
    for (const auto& [name, value] : parameters.items())
      line(name == parameters.begin().key() ? "parameters" : "", format("{} = {}", name, text_of(value)));
}

void print_states(const Json& resource, const Console& console) {
  const Json states = resource.value("states", Json::object());
  const Json texts = resource.value("text", Json::object());
  if (!states.is_object()) return;
  for (const auto& [node, state] : states.items()) {
    const Look shown = look(api::state_shown(text_of(state)).value_or(api::StateShown::unknown));
    const std::string cause = texts.is_object() && texts.contains(node) ? ": " + text_of(texts[node]) : "";
    console.out << padded(format("on {}", node), 18) << console.paint(shown.words, shown.colour) << cause << '\n';
  }
}

}  // namespace

Exit list_resources(const Options& options, const Console& console) {
  const Reply reply = Client(options.socket).get(options.json ? "/v1/resources" : "/v1/status");
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  if (options.json) {
    console.out << reply.body << '\n';
    return Exit::done;
  }
  const Result<api::Status> status = api::parse_status(reply.body);
  if (!status) {
    console.complain(status.error().text);
    return Exit::failed;
  }
  std::size_t names = 8;
  std::size_t agents = 5;
  for (const api::ResourceStatus& r : status->resources) {
    names = std::max(names, width_of(r.name));
    agents = std::max(agents, width_of(r.agent));
  }
  console.out << console.paint(padded("RESOURCE", names) + "  " + padded("AGENT", agents) + "  STATE", Colour::bold)
              << '\n';
  for (const api::ResourceStatus& r : status->resources)
    console.out << padded(r.name, names) << "  " << padded(r.agent, agents) << "  " << where(r, console) << '\n';
  return Exit::done;
}

Exit show_resource(const Options& options, const Console& console) {
  const Reply reply = Client(options.socket).get("/v1/resources/" + api::percent_encode(options.resource));
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  if (options.json) {
    console.out << reply.body << '\n';
    return Exit::done;
  }
  const Json resource = Json::parse(reply.body, nullptr, false);
  if (!resource.is_object()) {
    console.complain("the answer is not a JSON object");
    return Exit::failed;
  }
  console.out << console.paint(options.resource, Colour::bold) << '\n';
  print_states(resource, console);
  print_settings(resource, console);
  return Exit::done;
}

}  // namespace holdfast::cli
