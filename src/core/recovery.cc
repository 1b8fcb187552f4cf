#include "core/recovery.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"
#include "core/moves.h"
#include "core/operations.h"
#include "core/placement.h"
#include "core/report.h"
#include "core/start_again.h"

namespace holdfast::core {

namespace {

/// One failed resource at its hierarchy's home, and what may be done about it.
struct Case {
  ClusterState& state;
  const Hierarchy& hierarchy;
  const ResourceName& name;
  NodeId node;
  Tell tell;
  Outcome& outcome;

  const ResourceConfig& resource() const { return state.config->resources.at(name); }
  const NodeConfig& home() const { return *state.config->node(node); }
  const ResourceFact& fact() const { return fact_of(state, node, name); }
  std::string where() const { return state.config->name_of(node); }

  void say(Message message, Severity severity, const char* rule, std::string text,
           std::vector<Rejected> rejected = {}) const {
    if (tell == Tell::everything)
      decide(outcome, message, severity, node, name, {rule, std::move(text), std::move(rejected)});
  }
};

std::size_t within(const ClusterState& state, const std::vector<WallTime>& times, Millis window) {
  return static_cast<std::size_t>(std::count_if(
      times.begin(), times.end(), [&](const WallTime& at) { return state.now.millis - at.millis < window.count(); }));
}

/// F6: why it is not recovered in place; empty if it is.
std::string why_not_recovered(const Case& c) {
  if (c.fact().failure == Failure::recovery) return "its local recovery failed";
  if (!c.resource().policy.local_recovery) return "local_recovery is off";
  if (!c.home().policy.local_recovery) return format("local_recovery is off for {}", c.where());
  const RecoveryLimit& limit = c.resource().recovery_limit;
  const auto& recoveries = intent_of(c.state, c.hierarchy).recoveries;
  const auto before = recoveries.find(c.name);
  if (limit.count != 0 && before != recoveries.end() && within(c.state, before->second, limit.window) >= limit.count)
    return format("it was recovered {} times within {} s (recovery_limit)", limit.count, limit.window.count() / 1000);
  return {};
}

/// F6, F7: what keeps the hierarchy from moving although it failed; empty if nothing.
std::string why_not_moved(const Case& c) {
  if (!c.resource().policy.failover) return format("failover is off for {}", c.name.value);
  if (!c.home().policy.failover) return format("failover is off for {}", c.where());
  if (c.home().block_resource_failover) return format("block_resource_failover is set for {}", c.where());
  return {};
}

void recover_here(const Case& c) {
  std::vector<WallTime>& times = c.state.intents[c.hierarchy.key].recoveries[c.name];
  const Millis window = c.resource().recovery_limit.window;
  std::erase_if(times, [&](const WallTime& at) { return c.state.now.millis - at.millis >= window.count(); });
  times.push_back(c.state.now);
  run(c.state, c.name, c.node, OperationKind::recover,
      {"F5", format("{} failed on {}: it is recovered there", c.name.value, c.where()), {}}, c.outcome);
}

/// F7: too many moves. It stays as it is until an operator acts.
bool moves_too_often(const Case& c) {
  Intent& intent = c.state.intents[c.hierarchy.key];
  const ClusterConfig& config = *c.state.config;
  std::erase_if(intent.moves,
                [&](const WallTime& at) { return c.state.now.millis - at.millis >= config.failover_window.count(); });
  if (intent.held) {
    c.say(Message::failover_limit, Severity::error, "F7",
          format("{} failed on {} and its hierarchy moves no more until an operator acts", c.name.value, c.where()));
    return true;
  }
  if (!moved_too_often(c.state, c.hierarchy)) return false;
  change_intent(c.state, c.hierarchy).held = true;
  decide(c.outcome, Message::failover_limit, Severity::error, c.node, c.name,
         {"F7",
          format("{} failed on {}, but its hierarchy moved {} times within {} s: it stays there, failed, until an "
                 "operator acts",
                 c.name.value, c.where(), intent.moves.size(), config.failover_window.count() / 1000),
          {}});
  return true;
}

/// F3: stop here, then start there.
void move_away(const Case& c, const std::string& why) {
  std::set<NodeId> tried = intent_of(c.state, c.hierarchy).tried;
  tried.insert(c.node);
  Placement placement = choose_node(c.state, wanted_of(c.state, c.hierarchy), std::nullopt, tried);
  if (!placement.node) {
    const bool everywhere = std::all_of(placement.rejected.begin(), placement.rejected.end(),
                                        [&](const Rejected& r) { return tried.contains(r.node); });
    return c.say(
        Message::failed_everywhere, Severity::error, "F7",
        format("{} failed on {} ({}), and {}: it stays down until an operator acts", c.name.value, c.where(), why,
               everywhere && tried.size() > 1 ? "it failed on every other node, too"
                                              : "no other node can take its hierarchy"),
        std::move(placement.rejected));
  }
  if (moves_too_often(c)) return;
  const std::string target = c.state.config->name_of(*placement.node);
  const NodeId node = c.node;
  const ResourceName name = c.name;
  const std::optional<Takeover> takeover = intent_of(c.state, c.hierarchy).takeover;
  move_hierarchy(c.state, c.hierarchy, *placement.node, IntentCause::resource_failure);
  Intent& intent = c.state.intents[c.hierarchy.key];
  intent.takeover = takeover;
  intent.tried.insert(node);
  intent.moves.push_back(c.state.now);
  decide(c.outcome, Message::failover, Severity::warning, *placement.node, name,
         {"F3",
          format("{} failed on {} ({}): its hierarchy stops there, then starts on {}", name.value,
                 c.state.config->name_of(node), why, target),
          std::move(placement.rejected)});
}

void act_on_failure(const Case& c) {
  const std::string why_move = why_not_recovered(c);
  const std::string held = why_not_moved(c);
  if (c.resource().policy.notify_only || c.home().policy.notify_only)
    return c.say(Message::policy_held, Severity::error, "F6",
                 format("{} failed on {} and is only reported (notify_only): otherwise {}", c.name.value, c.where(),
                        why_move.empty() ? "it would be recovered there"
                        : held.empty()   ? "its hierarchy would move to another node"
                                         : held));
  if (why_move.empty()) return recover_here(c);
  if (!held.empty())
    return c.say(Message::policy_held, Severity::error, "F6",
                 format("{} failed on {} ({}) and stays there: {}; otherwise its hierarchy would move to another node",
                        c.name.value, c.where(), why_move, held));
  move_away(c, why_move);
}

/// S5: a failover that could not start here may try the next node.
bool tries_next_node(const ClusterState& state, const Hierarchy& hierarchy, const ResourceName& name, NodeId node) {
  const Intent& intent = intent_of(state, hierarchy);
  const ResourceFact& fact = fact_of(state, node, name);
  return is_of_start(fact.failure) && !starts_again(state, hierarchy, node) &&
         (intent.cause == IntentCause::node_failure || intent.cause == IntentCause::resource_failure) &&
         state.config->resources.at(name).on_start_failure == OnStartFailure::next_node;
}

}  // namespace

void recover_or_move(ClusterState& state, const Hierarchy& hierarchy, Tell tell, Outcome& outcome) {
  const Intent& intent = intent_of(state, hierarchy);
  if (!state.settled || !intent.home || !is_member(state, *intent.home) || !intent.stops.empty()) return;
  const NodeId home = *intent.home;
  if (is_whole(state, hierarchy)) {
    if (!intent.tried.empty()) state.intents[hierarchy.key].tried.clear();
    return;
  }
  for (const ResourceName& name : hierarchy.resources) {
    const ResourceFact& fact = fact_of(state, home, name);
    if (!intent.wanted.contains(name) || fact.state != ResourceState::failed) continue;
    if (fact.for_version != attempt_of(state, name)) continue;  // an operator wants it tried again
    if (!all_below_runs(state, name, home)) continue;           // what it stands on comes first
    const Case one{state, hierarchy, name, home, tell, outcome};
    if (fact.failure == Failure::in_service || fact.failure == Failure::recovery)
      act_on_failure(one);
    else if (tries_next_node(state, hierarchy, name, home))
      move_away(one, "it did not start there");
    if (!intent_of(state, hierarchy).stops.empty() || intent_of(state, hierarchy).home != home) return;
  }
}

}  // namespace holdfast::core
