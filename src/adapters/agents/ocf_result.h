// What the answer of an OCF agent means for a resource. Pure. Source: OCF API 1.1, "Exit codes"; R4.
#pragma once

#include "adapters/process/command.h"
#include "adapters/process/tail_line.h"
#include "model/facts.h"
#include "ports/agent_runner.h"

namespace holdfast {

/// A recover that answers "unimplemented" could not be run: the resource has none (K6).
OperationResult ocf_result(OperationKind kind, const RunResult& run);

}  // namespace holdfast
