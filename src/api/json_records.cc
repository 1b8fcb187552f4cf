#include "api/json_records.h"

#include "model/names.h"

namespace holdfast::api {

Json record_json(const DecisionRecord& r) {
  Json rejected = Json::array();
  for (const RejectedNode& n : r.rejected) rejected.push_back({{"node", n.node}, {"why", n.why}});
  return {{"time", utc_text(r.at)},
          {"epoch", r.epoch},
          {"resource", r.resource},
          {"node", r.node},
          {"severity", name_of(r.severity)},
          {"message", r.message},
          {"rule", r.rule},
          {"text", r.text},
          {"rejected", rejected}};
}

DecisionRecord parse_record(const Json& json) {
  DecisionRecord r;
  r.at = parse_utc(text_at(json, "time")).value_or(WallTime{});
  r.epoch = text_at(json, "epoch");
  r.resource = text_at(json, "resource");
  r.node = text_at(json, "node");
  r.severity = value_named<Severity>(text_at(json, "severity")).value_or(Severity::notify);
  r.message = static_cast<std::uint32_t>(number_at(json, "message"));
  r.rule = text_at(json, "rule");
  r.text = text_at(json, "text");
  if (const Json& rejected = member(json, "rejected"); rejected.is_array())
    for (const Json& n : rejected) r.rejected.push_back({text_at(n, "node"), text_at(n, "why")});
  return r;
}

}  // namespace holdfast::api
