#include "core/operations.h"

#include "core/knowledge.h"
#include "core/report.h"

namespace holdfast::core {

void run(ClusterState& state, const ResourceName& name, NodeId node, OperationKind kind, Reason reason,
         Outcome& outcome) {
  const OperationId id{state.epoch, ++state.last_operation};
  const Version version = attempt_of(state, name);
  ResourceFact& fact = state.nodes[node].facts.resources[name];
  fact.state = kind == OperationKind::start  ? ResourceState::starting
               : kind == OperationKind::stop ? ResourceState::stopping
                                             : ResourceState::recovering;
  fact.operation = id;
  fact.failure = Failure::none;
  fact.cause.clear();
  if (kind == OperationKind::start) fact.for_version = version;
  if (kind != OperationKind::recover) fact.may_run = false;
  decide(outcome, Message::operation, Severity::info, node, name, reason);
  outcome.actions.push_back(RunOperation{id, node, name, kind, version, std::move(reason)});
}

}  // namespace holdfast::core
