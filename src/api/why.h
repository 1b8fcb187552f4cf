// Why a resource is as it is, in sentences for operators (V3).
#pragma once

#include <string>
#include <vector>

#include "api/answers.h"
#include "api/status.h"

namespace holdfast::api {

/// Those about the resource, about the hierarchy it belongs to where they name no resource, and about nodes and the
/// cluster. In the order given.
std::vector<DecisionRecord> decisions_about(const Status& status, const std::string& resource,
                                            const std::vector<DecisionRecord>& decisions);

/// "web is in service on beta because: N4 alpha failed; not alpha: it failed".
std::string why_sentence(const Status& status, const ResourceStatus& resource,
                         const std::vector<DecisionRecord>& decisions);

/// What an operator should know of this resource now; empty if it is well, or if it is out of service as wanted.
/// For example "web is not in service: it failed on alpha: exit code 1: no such file".
std::string note_on(const Status& status, const ResourceStatus& resource);

}  // namespace holdfast::api
