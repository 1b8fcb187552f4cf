// What another configuration would change on this cluster (V9), from the file's text.
#pragma once

#include "api/service.h"
#include "model/state.h"

namespace holdfast::daemon {

/// Pure. `file` is only named in mistakes.
api::Planned make_plan(const ClusterState& state, const std::string& text, const std::string& file);

}  // namespace holdfast::daemon
