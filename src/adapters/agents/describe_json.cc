// The one unit of this room that includes nlohmann's JSON.
#include <nlohmann/json.hpp>

#include "adapters/agents/describe.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

/// Agents of all the world write all the world's encodings.
std::string text_of(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

void put(Json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

Json parameter_json(const OcfParameter& parameter) {
  Json out{{"name", parameter.name}};
  put(out, "type", parameter.type);
  put(out, "default", parameter.standard);
  out["required"] = parameter.required;
  out["unique"] = parameter.unique;
  put(out, "unique_group", parameter.unique_group);
  if (!parameter.choices.empty()) out["choices"] = parameter.choices;
  if (parameter.deprecated) out["deprecated"] = true;
  put(out, "replaced_by", parameter.replaced_by);
  put(out, "brief", parameter.brief);
  put(out, "text", parameter.text);
  return out;
}

Json action_json(const OcfAction& action) {
  Json out{{"name", action.name}};
  if (action.timeout.count() > 0) out["timeout_ms"] = action.timeout.count();
  if (action.interval.count() > 0) out["interval_ms"] = action.interval.count();
  if (action.depth != 0) out["depth"] = action.depth;
  put(out, "role", action.role);
  return out;
}

}  // namespace

std::string agents_as_json(const std::vector<ListedAgent>& agents) {
  Json list = Json::array();
  for (const ListedAgent& agent : agents) {
    Json entry{{"name", agent.name}, {"brief", agent.brief}};
    put(entry, "problem", agent.problem);
    list.push_back(std::move(entry));
  }
  return text_of(Json{{"agents", std::move(list)}});
}

std::string agent_as_json(const std::string& agent, const OcfMetaData& meta_data, const std::string& problem) {
  Json out{{"name", agent}};
  put(out, "problem", problem);
  put(out, "api", meta_data.version);
  put(out, "version", meta_data.agent_version);
  put(out, "brief", meta_data.brief);
  put(out, "text", meta_data.text);
  out["parameters"] = Json::array();
  for (const OcfParameter& parameter : meta_data.parameters) out["parameters"].push_back(parameter_json(parameter));
  out["actions"] = Json::array();
  for (const OcfAction& action : meta_data.actions) out["actions"].push_back(action_json(action));
  return text_of(out);
}

}  // namespace holdfast
