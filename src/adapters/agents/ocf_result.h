// What the answer of an OCF agent means for a resource. Pure. Source: OCF API 1.1, "Exit codes"; R4.
#pragma once

#include "adapters/process/command.h"
#include "model/facts.h"
#include "ports/agent_runner.h"

namespace holdfast {

OperationResult ocf_result(OperationKind kind, const RunResult& run);

/// The end of `output` as one line of at most `limit` bytes of valid UTF-8, without control characters: it goes into
/// logs, messages and JSON. What is not valid becomes "?".
std::string tail_line(const std::string& output, std::size_t limit = 1024);

}  // namespace holdfast
