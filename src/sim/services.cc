#include "sim/services.h"

#include <utility>

#include "base/format.h"

namespace holdfast::sim {

namespace {

OperationResult result(OperationOutcome outcome, ResourceState observed, int exit_code, std::string text) {
  return OperationResult{outcome, observed, exit_code, std::move(text)};
}

}  // namespace

Services::Services(Scheduler& scheduler, const Network& network, const ClusterConfig& config,
                   std::map<ResourceName, SimTimes> times, std::uint64_t seed)
    : scheduler_(scheduler),
      network_(network),
      config_(config),
      times_(std::move(times)),
      random_(seed),
      machines_(network.nodes()) {
  for (Machine& m : machines_) {
    m.owner = std::make_unique<Owner>();
    for (const auto& [name, resource] : config.resources) m.running[name] = false;
  }
}

void Services::power_on(NodeId node) {
  Machine& m = machine(node);
  scheduler_.end(*m.owner);
  ended_.push_back(std::move(m.owner));
  m.owner = std::make_unique<Owner>();
  m.processes.clear();
  m.operations.clear();
}

void Services::power_off(NodeId node) {
  Machine& m = machine(node);
  scheduler_.end(*m.owner);
  m.processes.clear();
  m.operations.clear();
  m.death_watch = nullptr;
  for (const auto& [name, runs] : m.running)
    if (runs) set_running(node, name, false, "power off");
}

bool Services::running(NodeId node, const ResourceName& resource) const {
  const auto found = machine(node).running.find(resource);
  return found != machine(node).running.end() && found->second;
}

std::vector<NodeId> Services::where(const ResourceName& resource) const {
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 1; i <= machines_.size(); ++i)
    if (running(NodeId{i}, resource)) nodes.push_back(NodeId{i});
  return nodes;
}

void Services::behave(NodeId node, const ResourceName& resource, OperationKind kind, Behaviour behaviour) {
  machine(node).behaviours[{resource, kind}] = behaviour;
}

void Services::set_death_watch(NodeId node, std::function<void(const ResourceName&)> call) {
  machine(node).death_watch = std::move(call);
}

void Services::die(NodeId node, const ResourceName& resource) {
  if (running(node, resource)) set_running(node, resource, false, "died");
}

void Services::appear(NodeId node, const ResourceName& resource) { set_running(node, resource, true, "by hand"); }

void Services::set_running(NodeId node, const ResourceName& resource, bool running, const char* why) {
  Machine& m = machine(node);
  bool& now = m.running[resource];
  if (now == running) return;
  now = running;
  if (observer != nullptr) observer->on_running(node, resource, running, why);
  if (!running && m.death_watch) m.death_watch(resource);
}

Behaviour Services::next_behaviour(NodeId node, const ResourceName& resource, OperationKind kind) {
  auto& behaviours = machine(node).behaviours;
  auto found = behaviours.find({resource, kind});
  if (found == behaviours.end() && kind == OperationKind::probe)
    found = behaviours.find({resource, OperationKind::monitor});  // the same program
  if (found == behaviours.end()) return {};
  const Behaviour behaviour = found->second;
  if (found->second.times > 0 && --found->second.times == 0) behaviours.erase(found);
  return behaviour;
}

Micros Services::duration(const ResourceConfig& resource, OperationKind kind) const {
  const auto found = times_.find(resource.name);
  const SimTimes times = found == times_.end() ? SimTimes{} : found->second;
  switch (kind) {
    case OperationKind::start:
      return times.start;
    case OperationKind::stop:
      return times.stop;
    case OperationKind::recover:
      return times.recover;
    case OperationKind::monitor:
    case OperationKind::probe:
      return times.monitor;
  }
  return times.monitor;
}

std::uint64_t Services::begin(NodeId node, const ResourceName& name, OperationKind kind, Done done) {
  const ResourceConfig& resource = config_of(name);
  const std::uint64_t process = ++processes_;
  const Behaviour behaviour = next_behaviour(node, resource.name, kind);
  if (observer != nullptr) observer->on_operation_begin(node, resource.name, kind);
  const bool looks = kind == OperationKind::monitor || kind == OperationKind::probe;
  if (!looks) machine(node).operations[name] = process;
  Micros time = duration(resource, kind);
  if (behaviour.kind == Behaviour::Kind::hang) {
    if (!behaviour.hanging) return process;  // it never ends; the caller's timeout kills it
    time = *behaviour.hanging;
  }
  const bool fails = behaviour.kind == Behaviour::Kind::fail;
  Machine& m = machine(node);
  m.processes[process] = scheduler_.after(
      time, m.owner.get(), [this, node, &resource, kind, fails, looks, process, done = std::move(done)] {
        forget(machine(node), process);
        OperationResult answer = result(OperationOutcome::failed, ResourceState::failed, 1, "simulated failure");
        if (!fails) answer = carry_out(node, resource, kind);
        if (looks && fails) answer.outcome = OperationOutcome::done;  // the agent answered
        if (observer != nullptr) observer->on_operation_end(node, resource.name, kind, answer);
        done(answer);
      });
  return process;
}

void Services::cancel(NodeId node, std::uint64_t process) {
  Machine& m = machine(node);
  if (const auto found = m.processes.find(process); found != m.processes.end()) scheduler_.cancel(found->second);
  forget(m, process);
}

void Services::forget(Machine& machine, std::uint64_t process) {
  machine.processes.erase(process);
  std::erase_if(machine.operations, [&](const auto& operation) { return operation.second == process; });
}

std::optional<std::uint64_t> Services::operation_on(NodeId node, const ResourceName& resource) const {
  const auto found = machine(node).operations.find(resource);
  return found == machine(node).operations.end() ? std::nullopt : std::optional(found->second);
}

OperationResult Services::carry_out(NodeId node, const ResourceConfig& resource, OperationKind kind) {
  switch (kind) {
    case OperationKind::start:
      return start(node, resource);
    case OperationKind::recover:  // stop and start in place (F5)
      if (running(node, resource.name)) set_running(node, resource.name, false, "stopped");
      return start(node, resource);
    case OperationKind::stop:
      set_running(node, resource.name, false, "stopped");
      return result(OperationOutcome::done, ResourceState::out_of_service, 0, "");
    case OperationKind::monitor:
    case OperationKind::probe:
      return look(node, resource.name);
  }
  return {};
}

/// B3: an address that somebody answers for is not brought up.
OperationResult Services::start(NodeId node, const ResourceConfig& resource) {
  if (resource.agent == "ip" && !running(node, resource.name))
    for (const NodeId other : where(resource.name))
      if (other != node && network_.share_public_network(node, other) && answers_network(other))
        return result(OperationOutcome::held_elsewhere, ResourceState::out_of_service, 150,
                      format("the address is in use by another machine (node {})", other.value));
  set_running(node, resource.name, true, "started");
  return result(OperationOutcome::done, ResourceState::in_service, 0, "");
}

OperationResult Services::look(NodeId node, const ResourceName& resource) const {
  const bool runs = running(node, resource);
  return result(OperationOutcome::done, runs ? ResourceState::in_service : ResourceState::out_of_service, runs ? 0 : 7,
                "");
}

}  // namespace holdfast::sim
