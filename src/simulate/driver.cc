#include "simulate/driver.h"

#include <algorithm>

#include "base/format.h"
#include "base/overloaded.h"
#include "core/step.h"
#include "model/names.h"

namespace holdfast::simulate {

namespace {

std::uint64_t bit(NodeId node) { return std::uint64_t{1} << (node.value - 1); }
bool more_than_one(std::uint64_t bits) { return (bits & (bits - 1)) != 0; }

/// As runtime/executor.cc says it of a real agent.
ResourceFact result_fact(const RunOperation& operation, Failure failure, const std::string& why, ResourceFact fact) {
  fact.operation = operation.id;
  fact.failure = failure;
  fact.cause.clear();
  const bool start = operation.kind == OperationKind::start;
  if (start) fact.for_version = operation.for_version;
  if (failure == Failure::none) {
    fact.state = operation.kind == OperationKind::stop ? ResourceState::out_of_service : ResourceState::in_service;
    fact.may_run = false;
    return fact;
  }
  fact.state = ResourceState::failed;
  fact.may_run = !start || fact.may_run;
  fact.cause = format("{} failed: {}", name_of(operation.kind), why);
  return fact;
}

}  // namespace

Driver::Driver(const Present& present, Case which, Story story)
    : present_(&present),
      case_(which),
      keep_story_(story == Story::kept),
      begin_(present.state.now),
      machines_(present.config->nodes.size()),
      network_(present.config->nodes.size(), present.config->nodes.front().links.size()) {
  note_network();
  sides_.push_back({present.state, 0, false, {}, {}});
  for (auto& [id, node] : sides_[0].state.nodes) node.facts.links.clear();  // told by nobody here
  for (const NodeId member : present.state.members) machines_[member.value - 1].alive = true;
  for (const auto& [name, resource] : present.config->resources) {
    names_.push_back(name);
    ResourceRun run;
    for (const auto& [id, node] : present.state.nodes) {
      const auto fact = node.facts.resources.find(name);
      const bool there = node.standing == Standing::member || node.standing == Standing::left;
      if (there && fact != node.facts.resources.end() && fact->second.state == ResourceState::in_service)
        run.runs |= bit(id);
    }
    run.was_in_service = run.runs != 0;
    resources_.push_back(run);
  }
  take_up();
}

/// What is under way goes on; timers and witnesses come from a view of the present members.
void Driver::take_up() {
  for (const NodeId member : present_->state.members)
    for (const auto& [name, fact] : present_->state.nodes.at(member).facts.resources) {
      const bool starting = fact.state == ResourceState::starting;
      const bool stopping = fact.state == ResourceState::stopping;
      if (!fact.operation || (!starting && !stopping && fact.state != ResourceState::recovering)) continue;
      under_way_ = true;
      if (!starting) resources_[place_of(name)].runs |= bit(member);
      begin({*fact.operation,
             member,
             name,
             starting   ? OperationKind::start
             : stopping ? OperationKind::stop
                        : OperationKind::recover,
             fact.for_version,
             {"R2", "it was under way", {}}});
    }
  form_view(0, std::vector<NodeId>(present_->state.members));
  constexpr Micros witnesses_answer{100'000};
  if (!queue_.empty()) run_until(witnesses_answer);
  begun_at_ = now_;
}

std::vector<const ClusterState*> Driver::sides() const {
  std::vector<const ClusterState*> result;
  for (std::size_t i = 0; i < sides_.size(); ++i)
    if (std::any_of(machines_.begin(), machines_.end(), [&](const Machine& m) { return m.alive && m.side == i; }))
      result.push_back(&sides_[i].state);
  return result;
}

std::size_t Driver::place_of(const ResourceName& name) const {
  return static_cast<std::size_t>(std::lower_bound(names_.begin(), names_.end(), name) - names_.begin());
}

void Driver::say(NodeId node, const ResourceName& resource, std::string rule, std::string text, Severity severity) {
  if (keep_story_) story_.push_back({now_ - begun_at_, node, resource, std::move(rule), std::move(text), severity});
}

bool Driver::run_until(Micros time) {
  while (!queue_.empty() && queue_.begin()->first.first <= time) {
    const auto next = queue_.extract(queue_.begin());
    now_ = std::max(now_, next.key().first);
    carry_out(next.mapped());
  }
  const bool rest = queue_.empty();
  if (!rest) now_ = std::max(now_, time);
  return rest;
}

void Driver::carry_out(const Due& due) {
  switch (due.what) {
    case What::operation:
      return end(due.operation);
    case What::timer: {
      Side& side = sides_[due.place];
      const auto running = side.timers.find(due.timer);
      if (running == side.timers.end() || running->second != due.life) return;
      side.timers.erase(running);
      return tell(due.place, TimerFired{due.timer});
    }
    case What::view:
      if (sides_[due.place].views == due.life && sides_[due.place].frozen) form_views(due.place);
      return;
    case What::failure:
      return tell_failure(due.node, due.place);
    case What::fence:
      return end_fence(due.fence);
    case What::witness:
      if (machines_[due.node.value - 1].alive && side_of(due.node) == due.place && sides_[due.place].views == due.life)
        tell(due.place, WitnessChanged{due.node, facts_of(due.node).sequence + 1, witness_of(due.place, due.node)});
      return;
    case What::death:
      if (!machines_[due.node.value - 1].alive) return;
      if (due.life == 0) return kill(due.node, "is reset");
      if (sides_[side_of(due.node)].views == due.life && serves(due.node)) kill(due.node, "is reset by its watchdog");
      return;
  }
}

/// While a view forms, nothing is heard: it comes right after it.
void Driver::tell(std::size_t place, const Event& event) {
  if (sides_[place].frozen) {
    sides_[place].waiting.push_back(event);
    return;
  }
  last_change_ = now_;
  const Outcome outcome = core::step(sides_[place].state, event, wall());
  if (keep_story_)
    for (const Decision& d : outcome.decisions) {
      if (d.severity == Severity::info) continue;
      std::string text = d.reason.text;
      for (const Rejected& r : d.reason.rejected)
        text += format("; not {}: {}", present_->config->name_of(r.node), r.why);
      say(d.node, d.resource, d.reason.rule, std::move(text), d.severity);
    }
  for (const Action& action : outcome.actions) carry_out(place, action);
}

void Driver::carry_out(std::size_t place, const Action& action) {
  std::visit(Overloaded{[&](const RunOperation& run) { begin(run); },
                        [&](const SetTimer& timer) {
                          Due due{What::timer, {}, place, ++order_, {}, timer.timer, {}};
                          sides_[place].timers[timer.timer] = due.life;
                          due_at(now_ + timer.after, std::move(due));
                        },
                        [&](const CancelTimer& timer) { sides_[place].timers.erase(timer.timer); },
                        [&](const FenceNode& fence) {
                          if (!fencing_.insert(fence.id).second) return;
                          constexpr Micros fence_time{5'000'000};
                          due_at(now_ + fence.delay + fence_time, {What::fence, fence.executor, 0, 0, {}, {}, fence});
                        },
                        [&](const ResetNode& reset) {
                          due_at(now_, {What::death, reset.node});
                        },
                        [](const AdoptConfiguration&) {}, [](const AnswerRequest&) {}},
             action);
}

void Driver::begin(const RunOperation& operation) {
  if (!machines_[operation.node.value - 1].alive) return;
  say(operation.node, operation.resource, operation.reason.rule, format("{} begins", name_of(operation.kind)),
      Severity::info);
  constexpr Micros message{2000};  // two ways through the ring
  const Micros time = present_->durations.of(operation.resource, operation.kind).in(case_);
  due_at(now_ + time + message, {What::operation, operation.node, 0, 0, operation, {}, {}});
}

Failure Driver::failure_of(const RunOperation& operation, std::string& why) const {
  const bool stop = operation.kind == OperationKind::stop;
  const bool start = operation.kind == OperationKind::start;
  const Failure failure = start ? Failure::start : stop ? Failure::stop : Failure::recovery;
  const std::size_t place = place_of(operation.resource);
  why = "as this simulation says";
  if (broken_.contains({operation.node, place, operation.kind})) return failure;
  if (stop) return Failure::none;
  if (present_->config->resources.at(operation.resource).agent != "ip") return Failure::none;
  for (const NodeConfig& n : present_->config->nodes) {  // B3
    const bool there = n.id != operation.node && (resources_[place].runs & bit(n.id)) != 0;
    if (!there || !machines_[n.id.value - 1].alive || !network_.share_public_network(operation.node, n.id)) continue;
    why = format("the address is in use by {} (B3)", n.name);
    return start ? Failure::start_held : failure;
  }
  return Failure::none;
}

void Driver::end(const RunOperation& operation) {
  if (!machines_[operation.node.value - 1].alive) return;
  const std::size_t place = place_of(operation.resource);
  std::string why;
  const Failure failure = failure_of(operation, why);
  const bool done = failure == Failure::none;
  if (operation.kind == OperationKind::recover) set_running(place, operation.node, false);
  if (done) set_running(place, operation.node, operation.kind != OperationKind::stop);
  say(operation.node, operation.resource, {},
      done ? format("{} is done", name_of(operation.kind)) : format("{} fails: {}", name_of(operation.kind), why),
      done ? Severity::notify : Severity::error);
  const auto& known = facts_of(operation.node).resources;
  const auto fact = known.find(operation.resource);
  if (fact != known.end() && fact->second.operation != operation.id) return;  // superseded
  tell_fact(operation.node, operation.resource,
            result_fact(operation, failure, why, fact == known.end() ? ResourceFact{} : fact->second));
}

void Driver::tell_fact(NodeId node, const ResourceName& resource, ResourceFact fact) {
  const std::size_t side = side_of(node);
  std::uint64_t sequence = facts_of(node).sequence + 1;
  for (const Event& e : sides_[side].waiting)
    if (const auto* c = std::get_if<ResourceChanged>(&e); c != nullptr && c->node == node)
      sequence = std::max(sequence, c->sequence + 1);
  tell(side, ResourceChanged{node, sequence, resource, std::move(fact)});
}

/// F1: what died is found out.
void Driver::tell_failure(NodeId node, std::size_t place) {
  if (!machines_[node.value - 1].alive || (resources_[place].runs & bit(node)) != 0) return;
  const ClusterState& state = sides_[side_of(node)].state;
  const auto& known = facts_of(node).resources;
  const auto before = known.find(names_[place]);
  if (before == known.end() || before->second.state != ResourceState::in_service) return;
  ResourceFact fact = before->second;
  fact.state = ResourceState::failed;
  fact.failure = Failure::in_service;
  fact.cause = "it is not running";
  fact.for_version = attempt_of(state, names_[place]);
  tell_fact(node, names_[place], std::move(fact));
}

void Driver::set_running(std::size_t place, NodeId node, bool running) {
  ResourceRun& run = resources_[place];
  const std::uint64_t before = run.runs;
  run.runs = running ? before | bit(node) : before & ~bit(node);
  run.twice = run.twice || more_than_one(run.runs);
  if (before == run.runs) return;
  last_change_ = now_;
  if (run.runs == 0) run.down_since = now_;
  if (before == 0 && run.down_since.count() >= 0) {
    run.longest = std::max(run.longest, now_ - run.down_since);
    run.down_since = Micros{-1};
  }
  if (more_than_one(run.runs) && !more_than_one(before))
    say(node, names_[place], "B4", "runs on two nodes at once", Severity::error);
}

bool Driver::serves(NodeId node) const {
  return std::any_of(resources_.begin(), resources_.end(),
                     [&](const ResourceRun& r) { return (r.runs & bit(node)) != 0; });
}

void Driver::kill(NodeId node, const char* why) {
  Machine& machine = machines_[node.value - 1];
  if (!machine.alive) return;
  say(node, {}, {}, format("{} {}", present_->config->name_of(node), why), Severity::error);
  machine.alive = false;
  machine.died = now_;
  for (std::size_t i = 0; i < resources_.size(); ++i) set_running(i, node, false);
  reach_changed();
}

void Driver::end_fence(const FenceNode& fence) {
  if (!machines_[fence.executor.value - 1].alive) return;
  kill(fence.target, "is powered off");
  const std::size_t side = side_of(fence.executor);
  for (std::size_t i = 0; i < resources_.size(); ++i) set_running(i, fence.target, false);  // its daemon may have left
  tell(side, FenceChanged{fence.executor, facts_of(fence.executor).sequence + 1, fence.target,
                          FenceFact{fence.id, fence.level, FenceOutcome::off, "the fence agent powers it off"}});
}

void Driver::inject(const Fault& fault) {
  say(NodeId{0}, {}, {}, words_of(fault, *present_->config), Severity::warning);
  last_change_ = now_;
  switch (fault.kind) {
    case FaultKind::node_dies:
      return kill(fault.nodes.front(), "dies");
    case FaultKind::node_isolated:
      network_.isolate(fault.nodes.front());
      note_network();
      return reach_changed();
    case FaultKind::link_fails:
    case FaultKind::split: {
      const auto in = [&](NodeId n) {
        return std::find(fault.nodes.begin(), fault.nodes.end(), n) != fault.nodes.end();
      };
      for (const NodeConfig& a : present_->config->nodes)
        for (const NodeConfig& b : present_->config->nodes) {
          if (!(a.id < b.id)) continue;
          const bool link = fault.kind == FaultKind::link_fails && (fault.nodes.empty() || (in(a.id) && in(b.id)));
          if (link || (fault.kind == FaultKind::split && in(a.id) != in(b.id)))
            network_.cut(a.id, b.id, fault.link, sim::Direction::both);
        }
      note_network();
      return reach_changed();
    }
    case FaultKind::resource_fails:
      break;
  }
  const std::size_t place = place_of(fault.resource);
  const ResourceConfig& resource = present_->config->resources.at(fault.resource);
  if (fault.cannot_start_on) broken_.insert({*fault.cannot_start_on, place, OperationKind::start});
  for (const NodeConfig& n : present_->config->nodes) {
    if ((resources_[place].runs & bit(n.id)) == 0 || !machines_[n.id.value - 1].alive) continue;
    if (!fault.recovers) broken_.insert({n.id, place, OperationKind::recover});
    if (!fault.recovers) broken_.insert({n.id, place, OperationKind::start});
    if (fault.cannot_stop) broken_.insert({n.id, place, OperationKind::stop});
    set_running(place, n.id, false);
    due_at(now_ + notice_time(resource, case_), {What::failure, n.id, place});
  }
}

}  // namespace holdfast::simulate
