// A decision as JSON; for the json_*.cc files of this room only.
#pragma once

#include "api/answers.h"
#include "api/json_fields.h"

namespace holdfast::api {

Json record_json(const DecisionRecord& record);
DecisionRecord parse_record(const Json& json);

}  // namespace holdfast::api
