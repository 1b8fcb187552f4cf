#include <nlohmann/json.hpp>

#include "model/names.h"
#include "simulate/answers.h"

namespace holdfast::simulate {

namespace {

using Json = nlohmann::ordered_json;

/// Text that agents wrote may be no UTF-8.
std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json millis(std::optional<Micros> time) { return time ? Json((time->count() + 999) / 1000) : Json(); }

Json names_of(const std::vector<NodeId>& nodes, const ClusterConfig& config) {
  Json names = Json::array();
  for (const NodeId n : nodes) names.push_back(config.name_of(n));
  return names;
}

Json durations_json(const Present& present) {
  Json all = Json::object();
  for (const auto& [name, resource] : present.config->resources)
    for (const OperationKind kind : {OperationKind::start, OperationKind::stop, OperationKind::recover}) {
      const Span span = present.durations.of(name, kind);
      all[name.value][std::string(name_of(kind))] = {{"median_ms", (span.median.count() + 999) / 1000},
                                                     {"worst_ms", (span.worst.count() + 999) / 1000},
                                                     {"measured", span.samples}};
    }
  return all;
}

Json damage_json(const std::vector<Damage>& damage, const Matrix& matrix) {
  Json all = Json::object();
  for (const Damage& d : damage) {
    Json one = Json::object();
    one["outage_ms"] = d.never_comes_back ? Json() : Json((d.outage.count() + 999) / 1000);
    if (d.never_comes_back) one["never_comes_back"] = true;
    if (d.twice) one["twice"] = true;
    all[matrix.names[d.place].value] = std::move(one);
  }
  return all;
}

const char* word_of(When when) {
  return when == When::alone ? "alone" : when == When::at_rest ? "at-rest" : "meanwhile";
}

}  // namespace

std::string json_of(const Rehearsal& rehearsal, const Present& present) {
  const ClusterConfig& config = *present.config;
  Json json;
  json["cluster"] = config.name;
  json["timeline"] = Json::array();
  for (const StoryLine& line : rehearsal.story)
    json["timeline"].push_back({{"at_ms", line.at.count() / 1000},
                                {"node", line.node.value == 0 ? Json() : Json(config.name_of(line.node))},
                                {"resource", line.resource.value.empty() ? Json() : Json(line.resource.value)},
                                {"rule", line.rule.empty() ? Json() : Json(line.rule)},
                                {"severity", std::string(name_of(line.severity))},
                                {"text", line.text}});
  json["resources"] = Json::array();
  for (const ResourceAnswer& a : rehearsal.resources)
    json["resources"].push_back({{"name", a.name.value},
                                 {"before", names_of(a.before, config)},
                                 {"after", names_of(a.after, config)},
                                 {"outage_ms", millis(a.outage)},
                                 {"worst_outage_ms", millis(a.worst_outage)},
                                 {"never_comes_back", a.never_comes_back},
                                 {"twice", a.twice},
                                 {"unprotected", a.unprotected}});
  json["warnings"] = Json::array();
  for (const Warning& w : rehearsal.warnings)
    json["warnings"].push_back({{"rule", w.rule.empty() ? Json() : Json(w.rule)}, {"text", w.text}});
  json["came_to_rest"] = rehearsal.came_to_rest;
  json["durations"] = durations_json(present);
  return dump(json);
}

std::string json_of(const Matrix& matrix, const Present& present) {
  Json json;
  json["cluster"] = present.config->name;
  json["faults"] = Json::array();
  for (const Fault& fault : matrix.faults) json["faults"].push_back(words_of(fault, *present.config));
  json["singles"] = Json::array();
  for (const Row& row : matrix.singles)
    json["singles"].push_back({{"fault", row.first},
                               {"resources", damage_json(row.damage, matrix)},
                               {"resources_worst", damage_json(row.worst, matrix)}});
  json["pairs"] = Json::array();
  for (const Row& row : matrix.pairs)
    json["pairs"].push_back({{"first", row.first},
                             {"second", row.second},
                             {"when", word_of(row.when)},
                             {"resources", damage_json(row.damage, matrix)}});
  json["pairs_total"] = matrix.pairs_total;
  json["pairs_independent"] = matrix.pairs_independent;
  json["pairs_not_listed"] = "each resource suffers the worse of what the two single faults do to it";
  json["simulated"] = matrix.simulated;
  json["durations"] = durations_json(present);
  return dump(json);
}

}  // namespace holdfast::simulate
