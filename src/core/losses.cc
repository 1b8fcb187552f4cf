#include "core/losses.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"
#include "core/quorum.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

const std::vector<FenceLevel>& levels_of(const ClusterState& state, NodeId node) {
  static const std::vector<FenceLevel> none;
  const NodeConfig* configured = state.config->node(node);
  return configured == nullptr ? none : configured->fence;
}

/// G4: a node without quorum is not fed any more, so its reset is only a matter of time.
bool resets_itself(const ClusterState& state) {
  return !state.config->watchdog.device.empty() && state.config->quorum.kind != QuorumKind::none;
}

/// A lost node has surely no quorum, or it would be seen. It may reach the hosts of `tcp` as well as this side does,
/// and is fed then: no substitute for a power switch.
bool surely_resets_itself(const ClusterState& state) {
  return resets_itself(state) && state.config->quorum.kind != QuorumKind::tcp;
}

bool must_be_isolated(const ClusterState& state, NodeId node) {
  return !levels_of(state, node).empty() || resets_itself(state);
}

bool must_be_confirmed(const ClusterState& state, NodeId node) {
  const NodeConfig* configured = state.config->node(node);
  return configured != nullptr && configured->confirm_failover;
}

/// G1, storage: some member sees that the node still renews its mark.
bool seen_alive(const ClusterState& state, NodeId node) {
  return std::any_of(state.members.begin(), state.members.end(), [&](NodeId member) {
    const auto& witness = state.nodes.at(member).facts.witness;
    return witness && witness->epoch == state.epoch && witness->kind == state.config->quorum.kind &&
           witness->alive.contains(node);
  });
}

std::uint32_t fence_limit(const ClusterState& state) {
  if (state.config->fence_limit != 0) return state.config->fence_limit;
  return state.config->nodes.size() <= 3 ? 1 : 2;
}

std::size_t serving(const ClusterState& state, NodeId node) {
  const auto known = state.nodes.find(node);
  if (known == state.nodes.end()) return 0;
  const auto& resources = known->second.facts.resources;
  return static_cast<std::size_t>(
      std::count_if(resources.begin(), resources.end(), [](const auto& entry) { return holds(entry.second.state); }));
}

/// G3: two nodes never shoot each other: the one that serves more has a head start.
Millis head_start(const ClusterState& state, NodeId target) {
  if (state.config->nodes.size() != 2 || state.members.size() != 1) return Millis{0};
  const NodeId self = state.members.front();
  const std::size_t ours = serving(state, self);
  const std::size_t theirs = serving(state, target);
  const bool first = ours != theirs ? ours > theirs : self < target;
  return first ? Millis{0} : state.config->fence_delay;
}

/// Who runs the fence agent: the lowest member that may act.
std::optional<NodeId> executor_of(const ClusterState& state) {
  for (const NodeId member : state.members)
    if (quorum_of(state, member) == Verdict::yes && !in_maintenance(state, member) && !is_leaving(state, member))
      return member;
  return std::nullopt;
}

void set_timer(Outcome& outcome, TimerKind kind, NodeId node, Millis after, const char* rule, std::string text) {
  outcome.actions.push_back(SetTimer{{kind, node, {}}, after, {rule, std::move(text), {}}});
}

void ask(ClusterState& state, NodeId node, Outcome& outcome) {
  state.nodes[node].loss.consent = Consent::waiting;
  const std::string name = state.config->name_of(node);
  const std::string then = state.config->confirm_default == ConfirmDefault::proceed ? "goes on" : "does not go on";
  decide(outcome, Message::confirm_wanted, Severity::warning, node, {},
         {"N6",
          format("{} failed and confirm_failover is set: its takeover waits for an operator (holdfast node confirm {} "
                 "yes|no), and {} after {} ms",
                 name, name, then, state.config->confirm_timeout.count()),
          {}});
  set_timer(outcome, TimerKind::confirm, node, state.config->confirm_timeout, "N6",
            format("{} waits for an operator", name));
}

void order_fence(ClusterState& state, NodeId target, NodeId executor, Outcome& outcome) {
  Loss& loss = state.nodes[target].loss;
  const FenceLevel& level = levels_of(state, target)[loss.level];
  if (!loss.operation) loss.operation = OperationId{state.epoch, ++state.last_operation};
  const Millis delay = loss.level == 0 ? head_start(state, target) : Millis{0};
  loss.isolation = Isolation::running;
  loss.text = format("{} is at work", level.agent);
  record_fence(state, target);
  Reason reason{"G3",
                format("{} failed: {} powers it off with {} (level {}{}) before anything is taken over",
                       state.config->name_of(target), state.config->name_of(executor), level.agent, loss.level + 1,
                       delay.count() == 0 ? "" : format(", after {} ms: the other side serves more", delay.count())),
                {}};
  decide(outcome, Message::fencing, Severity::warning, target, {}, reason);
  outcome.actions.push_back(FenceNode{*loss.operation, executor, target, loss.level, delay, std::move(reason)});
}

void wait_for_watchdog(ClusterState& state, NodeId node, Outcome& outcome) {
  Loss& loss = state.nodes[node].loss;
  loss.isolation = Isolation::running;
  loss.operation.reset();
  loss.text = "its watchdog is running out";
  record_fence(state, node);
  const std::string text = format("{} failed: without quorum its watchdog is not fed and resets it within {} ms",
                                  state.config->name_of(node), state.config->watchdog.timeout.count());
  decide(outcome, Message::watchdog_wait, Severity::warning, node, {}, {"G4", text, {}});
  set_timer(outcome, TimerKind::watchdog, node, state.config->watchdog.timeout, "G4", text);
}

void is_off(ClusterState& state, NodeId node, const char* rule, std::string how, Outcome& outcome) {
  Loss& loss = state.nodes[node].loss;
  loss.isolation = Isolation::off;
  loss.text = how;
  decide(outcome, Message::node_off, Severity::notify, node, {},
         {rule, format("{} is off: {}", state.config->name_of(node), how), {}});
}

/// This level did not do it: the next one, then the watchdog, then an operator.
void next_level(ClusterState& state, NodeId target, const FenceFact& fact, Outcome& outcome) {
  Loss& loss = state.nodes[target].loss;
  const auto& levels = levels_of(state, target);
  const std::string agent = loss.level < levels.size() ? levels[loss.level].agent : "the fence agent";
  loss.operation.reset();
  loss.isolation = Isolation::wanted;
  ++loss.level;
  const std::string name = state.config->name_of(target);
  const std::string failed = format("{} did not power {} off: {}", agent, name, fact.text);
  if (loss.level < levels.size()) {
    decide(outcome, Message::fence_failed, Severity::error, target, {},
           {"G3", format("{}; the next level is tried", failed), {}});
    return;
  }
  if (surely_resets_itself(state)) {
    decide(outcome, Message::fence_failed, Severity::error, target, {}, {"G3", failed, {}});
    return wait_for_watchdog(state, target, outcome);
  }
  loss.isolation = Isolation::failed;
  loss.text = failed;
  decide(outcome, Message::fence_held, Severity::error, target, {},
         {"G3",
          format("{}; that was the last level: nothing of {} is taken over until an operator says that it is off "
                 "(holdfast node confirm-off {})",
                 failed, name, name),
          {}});
}

/// How the ordered run stands by the word of the member that runs it; nullptr: nobody runs it.
const FenceFact* run_of(const ClusterState& state, NodeId target, const OperationId& operation) {
  for (const NodeId member : state.members) {
    const auto& fences = state.nodes.at(member).facts.fences;
    const auto fence = fences.find(target);
    if (fence != fences.end() && fence->second.operation == operation) return &fence->second;
  }
  return nullptr;
}

void begin_isolation(ClusterState& state, NodeId node, Tell tell, Outcome& outcome) {
  Loss& loss = state.nodes[node].loss;
  const std::optional<NodeId> executor = executor_of(state);
  if (!executor) return;  // G2: without quorum nothing is done to others
  const bool news = loss.isolation == Isolation::none;
  loss.isolation = Isolation::wanted;
  if (!within_fence_limit(state, node)) {
    loss.text = "the limit of fencing is reached";
    if (!news && tell == Tell::changes_only) return;
    decide(outcome, Message::fence_limit, Severity::error, node, {},
           {"G5",
            format("{} failed and must be fenced, but {} node(s) were fenced or reset within {} s: held until then, or "
                   "until an operator says that it is off (holdfast node confirm-off {})",
                   state.config->name_of(node), fence_limit(state), state.config->fence_window.count() / 1000,
                   state.config->name_of(node)),
            {}});
    set_timer(outcome, TimerKind::fence_window, node, state.config->fence_window, "G5", "the limit of fencing");
    return;
  }
  if (loss.level < levels_of(state, node).size()) return order_fence(state, node, *executor, outcome);
  wait_for_watchdog(state, node, outcome);
}

void follow_fence(ClusterState& state, NodeId node, Tell tell, Outcome& outcome) {
  const Loss& loss = state.nodes[node].loss;
  if (!loss.operation) return;  // its watchdog
  const FenceFact* run = run_of(state, node, *loss.operation);
  if (run == nullptr || run->level != loss.level) {  // never heard of, or its executor is gone: ordered again
    const auto executor = executor_of(state);
    if (tell == Tell::everything && executor && loss.level < levels_of(state, node).size())
      order_fence(state, node, *executor, outcome);
    return;
  }
  if (run->outcome == FenceOutcome::off) return is_off(state, node, "G3", run->text, outcome);
  if (run->outcome == FenceOutcome::failed) {
    next_level(state, node, FenceFact{*run}, outcome);
    if (state.nodes[node].loss.isolation == Isolation::wanted) begin_isolation(state, node, tell, outcome);
  }
}

}  // namespace

bool within_fence_limit(const ClusterState& state, NodeId target) {
  std::set<NodeId> targets;
  for (const FenceRecord& record : state.fenced)
    if (state.now.millis - record.at.millis < state.config->fence_window.count()) targets.insert(record.target);
  targets.insert(target);  // the same one again is no further node
  return targets.size() <= fence_limit(state);
}

void record_fence(ClusterState& state, NodeId target) {
  std::erase_if(state.fenced, [&](const FenceRecord& record) {
    return record.target == target || state.now.millis - record.at.millis >= state.config->fence_window.count();
  });
  state.fenced.push_back({state.now, target});
  std::sort(state.fenced.begin(), state.fenced.end());
}

std::string why_not_free(const ClusterState& state, NodeId node) {
  const auto known = state.nodes.find(node);
  if (known == state.nodes.end()) return {};
  const Loss& loss = known->second.loss;
  if (loss.isolation == Isolation::off) return {};
  if (must_be_confirmed(state, node) && loss.consent != Consent::granted)
    return loss.consent == Consent::denied ? "an operator does not want it taken over"
                                           : "an operator has to confirm it";
  if (must_be_isolated(state, node))
    return loss.text.empty() ? "it is not confirmed to be off" : format("it is not confirmed to be off: {}", loss.text);
  if (seen_alive(state, node)) return "the witness sees that it is alive";
  return {};
}

std::string why_unclear(const ClusterState& state, NodeId node) {
  return standing_of(state, node) == Standing::failed ? why_not_free(state, node) : words(standing_of(state, node));
}

std::optional<NodeId> may_have_taken_over(const ClusterState& state, const Hierarchy& hierarchy) {
  // Any two majorities have a node in common, which knows what the earlier one did.
  if (state.config->quorum.kind == QuorumKind::majority) return std::nullopt;
  for (const NodeConfig& configured : state.config->nodes) {
    const NodeId node = configured.id;
    const Standing standing = standing_of(state, node);
    const bool unknown =
        standing == Standing::failed || standing == Standing::set_aside || state.nodes.at(node).loss.unseen;
    if (configured.fence.empty() || !unknown) continue;
    if (standing == Standing::failed && state.nodes.at(node).loss.isolation == Isolation::off) continue;
    const bool could =
        std::any_of(hierarchy.resources.begin(), hierarchy.resources.end(),
                    [&](const ResourceName& name) { return runs_on(state.config->resources.at(name), node); });
    if (could) return node;
  }
  return std::nullopt;
}

void work_on_losses(ClusterState& state, Tell tell, Outcome& outcome) {
  if (!state.settled || state.switches.cluster) return;
  for (const NodeConfig& configured : state.config->nodes) {
    const NodeId node = configured.id;
    if (standing_of(state, node) != Standing::failed || in_maintenance(state, node)) continue;
    Loss& loss = state.nodes[node].loss;
    if (loss.isolation == Isolation::off) continue;
    if (must_be_confirmed(state, node) && loss.consent == Consent::none) ask(state, node, outcome);
    if (must_be_confirmed(state, node) && loss.consent != Consent::granted) continue;
    if (!must_be_isolated(state, node)) continue;
    if (loss.isolation == Isolation::none || loss.isolation == Isolation::wanted)
      begin_isolation(state, node, tell, outcome);
    else if (loss.isolation == Isolation::running)
      follow_fence(state, node, tell, outcome);
  }
}

void set_loss_timers(const ClusterState& state, Outcome& outcome) {
  for (const auto& [id, node] : state.nodes) {
    if (node.standing != Standing::failed) continue;
    if (node.loss.consent == Consent::waiting)
      set_timer(outcome, TimerKind::confirm, id, state.config->confirm_timeout, "N6", "it waits for an operator");
    if (node.loss.isolation == Isolation::running && !node.loss.operation)
      set_timer(outcome, TimerKind::watchdog, id, state.config->watchdog.timeout, "G4", "its watchdog is running out");
    if (node.loss.isolation == Isolation::wanted)
      set_timer(outcome, TimerKind::fence_window, id, state.config->fence_window, "G5", "the limit of fencing");
  }
}

void end_confirm_timeout(ClusterState& state, NodeId node, Outcome& outcome) {
  const auto known = state.nodes.find(node);
  if (known == state.nodes.end() || known->second.loss.consent != Consent::waiting) return;
  const bool proceed = state.config->confirm_default == ConfirmDefault::proceed;
  known->second.loss.consent = proceed ? Consent::granted : Consent::denied;
  decide(outcome, Message::confirm_ended, Severity::warning, node, {},
         {"N6",
          format("nobody confirmed within {} ms: what {} ran is {} (confirm_default)",
                 state.config->confirm_timeout.count(), state.config->name_of(node),
                 proceed ? "taken over" : "not taken over"),
          {}});
}

void end_watchdog_time(ClusterState& state, NodeId node, Outcome& outcome) {
  const auto known = state.nodes.find(node);
  if (known == state.nodes.end() || known->second.standing != Standing::failed) return;
  const Loss& loss = known->second.loss;
  if (loss.isolation != Isolation::running || loss.operation) return;
  if (seen_alive(state, node))  // G1: its mark is fresh, so it has quorum and is fed
    return set_timer(outcome, TimerKind::watchdog, node, state.config->watchdog.timeout, "G4",
                     format("the witness sees that {} is alive", state.config->name_of(node)));
  is_off(state, node, "G4", format("its watchdog has reset it within {} ms", state.config->watchdog.timeout.count()),
         outcome);
}

std::string confirm_takeover(ClusterState& state, NodeId node, bool yes, Outcome& outcome) {
  if (standing_of(state, node) != Standing::failed)
    return format("{} did not fail: {}", state.config->name_of(node), words(standing_of(state, node)));
  if (!must_be_confirmed(state, node)) return format("confirm_failover is not set for {}", state.config->name_of(node));
  state.nodes[node].loss.consent = yes ? Consent::granted : Consent::denied;
  decide(outcome, Message::confirm_ended, Severity::notify, node, {},
         {"N6",
          format("an operator {} the takeover from {}", yes ? "confirms" : "refuses", state.config->name_of(node)),
          {}});
  return {};
}

std::string confirm_off(ClusterState& state, NodeId node, Outcome& outcome) {
  const Standing standing = standing_of(state, node);
  if (standing == Standing::member || standing == Standing::left)
    return format("{} cannot be off: {}", state.config->name_of(node), words(standing));
  state.nodes[node].standing = Standing::failed;
  is_off(state, node, "G3", "an operator says so", outcome);
  return {};
}

}  // namespace holdfast::core
