#include "core/invariants.h"

#include "base/format.h"
#include "core/knowledge.h"
#include "core/quorum.h"

namespace holdfast::core {

std::vector<std::string> broken_in(const ClusterState& state, const Hierarchy& hierarchy) {
  std::vector<std::string> broken;
  const auto found = state.intents.find(hierarchy.key);
  if (found == state.intents.end()) return broken;
  const Intent& intent = found->second;
  if (intent.version.counter > state.last_version)
    broken.push_back(format("the intent of {} is newer than every version", hierarchy.name));
  if (intent.home && !state.nodes.contains(*intent.home))
    broken.push_back(format("{} is wanted on a node that is not configured", hierarchy.name));
  if (!intent.home && !intent.wanted.empty()) broken.push_back(format("{} is wanted, but nowhere", hierarchy.name));
  for (const auto& [name, attempt] : intent.wanted)
    for (const ResourceName& below : state.config->resources.at(name).depends_on)
      if (!intent.wanted.contains(below))
        broken.push_back(format("{} is wanted without {} below it", name.value, below.value));
  return broken;
}

namespace {

void check_start(const ClusterState& state, const RunOperation& op, std::vector<std::string>& broken) {
  if (quorum_of(state, op.node) != Verdict::yes)
    broken.push_back(
        format("start of {} on {}, which has no quorum", op.resource.value, state.config->name_of(op.node)));
  for (const ResourceName& below : state.config->resources.at(op.resource).depends_on)
    if (fact_of(state, op.node, below).state != ResourceState::in_service)
      broken.push_back(format("start of {} while {} below it does not run", op.resource.value, below.value));
  for (const NodeId other : holders(state, op.resource, op.node))
    if (!intent_of(state, *hierarchy_of(state, op.resource)).forced || is_member(state, other))
      broken.push_back(format("start of {} while {} may hold it", op.resource.value, state.config->name_of(other)));
}

void check_stop(const ClusterState& state, const RunOperation& op, std::vector<std::string>& broken) {
  const auto above = state.hierarchies->dependents.find(op.resource);
  if (above == state.hierarchies->dependents.end()) return;
  for (const ResourceName& name : above->second)
    if (may_hold(state, op.node, name))
      broken.push_back(format("stop of {} while {} above it may run", op.resource.value, name.value));
}

}  // namespace

std::vector<std::string> broken_in(const ClusterState& state, const Outcome& outcome) {
  std::vector<std::string> broken;
  for (const Action& action : outcome.actions) {
    const auto* op = std::get_if<RunOperation>(&action);
    if (op == nullptr) continue;
    if (!is_member(state, op->node))
      broken.push_back(
          format("{} is told to run {} but is no member", state.config->name_of(op->node), op->resource.value));
    if (op->kind == OperationKind::start) check_start(state, *op, broken);
    if (op->kind == OperationKind::stop) check_stop(state, *op, broken);
  }
  return broken;
}

}  // namespace holdfast::core
