// What the answer of a monitor or probe says about a resource. Pure.
#pragma once

#include <optional>

#include "model/config.h"
#include "ports/agent_runner.h"

namespace holdfast::runtime {

enum class Finding : std::uint8_t {
  unchanged,
  adopted,               ///< the first probe found it running (R5)
  found_in_service,      ///< nobody started it (R6)
  well_again,            ///< it had failed in service
  found_failed,          ///< it was in service
  found_out_of_service,  ///< it was in service, or its stop had failed
  timed_out,             ///< not yet a failure (R4)
  not_run,               ///< the agent could not be run; not yet a failure
  first_seen,            ///< the first probe found it not running
};

struct Judgement {
  Finding finding = Finding::unchanged;
  ResourceFact fact;      ///< what is true from now on
  unsigned timeouts = 0;  ///< checks without an answer in a row
};

/// `was` is no start or stop under way; `timeouts` is the number before this check.
Judgement judge_check(const ResourceConfig& resource, const ResourceFact& was, const OperationResult& result,
                      unsigned timeouts);

/// "exit code 1: text" or what else is known.
std::string cause_of(const OperationResult& result);

}  // namespace holdfast::runtime
