#include "api/preview.h"

#include <algorithm>

#include "api/json_records.h"
#include "model/names.h"

namespace holdfast::api {
namespace {

Json preview_json(const Preview& preview) {
  Json operations = Json::array();
  for (const PlannedOperation& o : preview.operations)
    operations.push_back(
        {{"kind", o.kind}, {"resource", o.resource}, {"node", o.node}, {"rule", o.rule}, {"text", o.text}});
  Json decisions = Json::array();
  for (const DecisionRecord& d : preview.decisions) decisions.push_back(record_json(d));
  return {{"refused", preview.refused.empty() ? Json(nullptr) : Json(preview.refused)},
          {"operations", operations},
          {"decisions", decisions}};
}

Preview preview_from(const Json& json) {
  Preview preview;
  preview.refused = text_at(json, "refused");
  if (const Json& operations = member(json, "operations"); operations.is_array())
    for (const Json& o : operations)
      preview.operations.push_back(
          {text_at(o, "kind"), text_at(o, "resource"), text_at(o, "node"), text_at(o, "rule"), text_at(o, "text")});
  if (const Json& decisions = member(json, "decisions"); decisions.is_array())
    for (const Json& d : decisions) preview.decisions.push_back(parse_record(d));
  return preview;
}

}  // namespace

std::vector<std::string> serving_nodes(const Status& status, const HierarchyStatus& hierarchy) {
  std::vector<std::string> nodes;
  for (const std::string& name : hierarchy.resources) {
    const ResourceStatus* resource = status.resource(name);
    if (resource == nullptr) continue;
    for (const std::string& node : resource->nodes) {
      const auto state = resource->states.find(node);
      const bool known = std::find(nodes.begin(), nodes.end(), node) != nodes.end();
      if (!known && state != resource->states.end() && serves(state->second)) nodes.push_back(node);
    }
  }
  return nodes;
}

Preview make_preview(const ClusterState& state, std::string refused, const std::vector<RunOperation>& operations,
                     const std::vector<Decision>& decisions) {
  Preview preview{std::move(refused), {}, {}};
  for (const RunOperation& o : operations)
    preview.operations.push_back(
        {std::string(name_of(o.kind)), o.resource.value, state.config->name_of(o.node), o.reason.rule, o.reason.text});
  for (const Decision& decision : decisions)
    preview.decisions.push_back(make_record(*state.config, state.now, state.epoch, decision));
  return preview;
}

std::string to_json(const Preview& preview) { return dump(preview_json(preview)); }

std::string split_json(const std::vector<SplitHierarchy>& split) {
  Json array = Json::array();
  for (const SplitHierarchy& hierarchy : split) {
    Json choices = Json::array();
    for (const SplitChoice& choice : hierarchy.choices)
      choices.push_back({{"keep", choice.keep}, {"serves", choice.serves}, {"preview", preview_json(choice.preview)}});
    array.push_back({{"hierarchy", hierarchy.name}, {"choices", choices}});
  }
  return dump({{"split", array}});
}

Result<Preview> parse_preview(std::string_view text) {
  const Result<Json> json = parse_object(text, "the answer");
  if (!json) return tl::unexpected(json.error());
  return preview_from(*json);
}

Result<std::vector<SplitHierarchy>> parse_split(std::string_view text) {
  const Result<Json> json = parse_object(text, "the answer");
  if (!json) return tl::unexpected(json.error());
  std::vector<SplitHierarchy> split;
  if (const Json& array = member(*json, "split"); array.is_array())
    for (const Json& h : array) {
      SplitHierarchy hierarchy{text_at(h, "hierarchy"), {}};
      if (const Json& choices = member(h, "choices"); choices.is_array())
        for (const Json& c : choices)
          hierarchy.choices.push_back({text_at(c, "keep"), texts_at(c, "serves"), preview_from(member(c, "preview"))});
      split.push_back(std::move(hierarchy));
    }
  return split;
}

}  // namespace holdfast::api
