// What an operator should know or decide now, in sentences; part of the status.
#pragma once

#include <vector>

#include "api/status.h"

namespace holdfast::api {

/// `status` is the rest of the answer, composed already. In the order of weight: first what holds everything.
std::vector<Attention> attention_of(const ClusterState& state, const OwnView& own, const Status& status);

}  // namespace holdfast::api
