#include "doubles.h"

#include <algorithm>

namespace holdfast::testing_doubles {

std::uint64_t Scheduler::at(Micros delay, int owner, std::function<void()> call) {
  calls_[{now_ + std::max(delay, Micros{0}), ++ids_}] = {owner, std::move(call)};
  return ids_;
}

void Scheduler::cancel(std::uint64_t id) {
  std::erase_if(calls_, [id](const auto& entry) { return entry.first.second == id; });
}

void Scheduler::run_for(Micros time) {
  const Instant end = now_ + time;
  for (;;) {
    auto next = calls_.begin();
    while (next != calls_.end() && paused_.contains(next->second.owner)) ++next;
    if (next == calls_.end() || next->first.first > end) break;
    now_ = std::max(now_, next->first.first);
    const auto call = std::move(next->second.call);
    calls_.erase(next);
    call();
  }
  now_ = end;
}

void Scheduler::resume(int owner) { paused_.erase(owner); }

namespace {
struct TestTimer final : Timer {
  TestTimer(Scheduler& s, std::uint64_t i) : scheduler(s), id(i) {}
  ~TestTimer() override { scheduler.cancel(id); }
  Scheduler& scheduler;
  std::uint64_t id;
};
}  // namespace

std::unique_ptr<Timer> TestClock::after(Micros delay, std::function<void()> call) {
  return std::make_unique<TestTimer>(scheduler_, scheduler_.at(delay, owner_, std::move(call)));
}

OperationResult TestAgents::answer(const ResourceName& name, OperationKind kind) {
  if (const auto said = says.find({name, kind}); said != says.end()) return said->second;
  if (kind == OperationKind::start || kind == OperationKind::recover) running[name] = true;
  if (kind == OperationKind::stop) running[name] = false;
  return {OperationOutcome::done, running[name] ? ResourceState::in_service : ResourceState::out_of_service, 0, ""};
}

void TestAgents::run(const ResourceConfig& resource, OperationKind kind, std::function<void(OperationResult)> done) {
  static const std::map<OperationKind, const char*> verbs{{OperationKind::start, "start "},
                                                          {OperationKind::stop, "stop "},
                                                          {OperationKind::monitor, "monitor "},
                                                          {OperationKind::probe, "probe "},
                                                          {OperationKind::recover, "recover "}};
  const ResourceName name = resource.name;
  asked.push_back(verbs.at(kind) + name.value);
  ++under_way;
  most_on_one = std::max(most_on_one, ++busy_[name]);
  auto finish = [this, name, kind, done = std::move(done)] {
    --under_way;
    --busy_[name];
    done(answer(name, kind));
  };
  if (hold_back)
    kept_.push_back(std::move(finish));
  else
    scheduler_.at(Millis{10}, owner_, std::move(finish));
}

void TestAgents::release() {
  hold_back = false;
  for (const auto& finish : std::exchange(kept_, {})) finish();
}

int TestLog::count(const std::string& text) const {
  return static_cast<int>(std::count_if(
      lines.begin(), lines.end(), [&](const LogLine& line) { return line.text.find(text) != std::string::npos; }));
}

void TestEngine::send(std::string bytes) { world_.post(self_, bytes); }

Machine::Machine(World& world, NodeId id, std::shared_ptr<const ClusterConfig> config, std::uint32_t process)
    : clock(world.scheduler, static_cast<int>(id.value)),
      agents(world.scheduler, static_cast<int>(id.value)),
      store(world.scheduler, static_cast<int>(id.value)),
      config_file(world.scheduler, static_cast<int>(id.value), store),
      engine(world, {id, process}) {
  make_node(config);
}

void Machine::make_node(std::shared_ptr<const ClusterConfig> config, Millis link_poll) {
  engine.stop();
  node = std::make_unique<runtime::Node>(runtime::NodeSettings{.self = engine.self().node,
                                                               .config = std::move(config),
                                                               .boot = "boot",
                                                               .superseded = [this] { ++superseded; },
                                                               .speech = speech,
                                                               .link_poll = link_poll},
                                         runtime::NodePorts{clock, engine, agents, store, config_file, log, guards});
}

Machine& World::add(std::uint32_t id, std::shared_ptr<const ClusterConfig> own) {
  auto machine = std::make_unique<Machine>(*this, NodeId{id}, own ? own : config, 100 + id);
  return *(machines[NodeId{id}] = std::move(machine));
}

void World::start() {
  for (auto& [id, machine] : machines) machine->node->start();
  run(20);
}

void World::view(std::vector<std::uint32_t> ids, std::vector<std::uint32_t> engines) {
  EngineView view;
  for (const std::uint32_t id : ids) view.daemons.push_back(machines.at(NodeId{id})->engine.self());
  for (const std::uint32_t id : engines.empty() ? ids : engines) view.nodes.push_back(NodeId{id});
  for (const std::uint32_t id : ids) {
    Machine& machine = (*this)[id];
    machine.view = view;
    scheduler.at(Micros{0}, static_cast<int>(id), [&machine, view] { machine.engine.listener()->on_view(view); });
  }
  run(0);
}

void World::poll() {
  for (auto& [id, machine] : machines) {
    if (machine->engine.listener() == nullptr) continue;
    std::vector<LinkSample> samples;
    for (const NodeConfig& peer : config->nodes) {
      if (peer.id == id) continue;
      const auto& nodes = machine->view.nodes;
      const bool up = std::find(nodes.begin(), nodes.end(), peer.id) != nodes.end();
      for (std::uint32_t link = 0; link < 2; ++link) samples.push_back({peer.id, LinkIndex{link}, up});
    }
    Machine& target = *machine;
    scheduler.at(Micros{0}, static_cast<int>(id.value),
                 [&target, samples] { target.engine.listener()->on_links(samples); });
  }
  run(0);
}

void World::run_polling(std::int64_t millis) {
  for (std::int64_t done = 0; done < millis; done += 50) {
    if (done % 200 == 0) poll();
    run(50);
  }
}

void World::post(EngineMember sender, const std::string& bytes) {
  wire::Assembler assembler({1, 255});
  const auto message = assembler.add(bytes);
  if (message && *message) {
    versions.push_back(wire::envelope_of(bytes)->version);
    sent.push_back(**message);
    if (swallow && swallow(**message)) return;
  }
  const auto from = machines.find(sender.node);
  const EngineView view = from == machines.end() ? machines.begin()->second->view : from->second->view;
  for (const EngineMember& member : view.daemons) {
    const auto target = machines.find(member.node);
    if (target == machines.end()) continue;
    if (unheard && message && *message && unheard(**message, member.node)) continue;
    Machine& machine = *target->second;
    scheduler.at(Millis{1}, static_cast<int>(member.node.value), [&machine, sender, bytes] {
      if (machine.node && machine.engine.listener() != nullptr) machine.engine.listener()->on_message(sender, bytes);
    });
  }
}

void World::inject(const wire::Message& message) {
  for (const std::string& piece : wire::encode(message)) post({message.sender, 100 + message.sender.value}, piece);
}

void World::request(std::uint32_t id, RequestKind kind, const char* resource, std::optional<NodeId> node) {
  Machine& machine = (*this)[id];
  Request asked;
  asked.kind = kind;
  asked.resource = ResourceName{resource};
  asked.node = node;
  machine.node->request(std::move(asked), [&machine](const runtime::Answer& answer) {
    static const std::map<AnswerKind, const char*> words{
        {AnswerKind::done, "done: "}, {AnswerKind::failed, "failed: "}, {AnswerKind::refused, "refused: "}};
    machine.answers.push_back(words.at(answer.kind) + answer.text);
  });
}

std::shared_ptr<ClusterConfig> small_cluster(std::uint32_t count) {
  static const std::vector<std::string> names{"alpha", "beta", "gamma", "delta"};
  auto config = std::make_shared<ClusterConfig>();
  config->name = "test";
  config->startup_wait = Millis{2000};
  config->daemon_grace = Millis{3000};
  std::vector<NodeId> all;
  for (std::uint32_t i = 1; i <= count; ++i) {
    const std::string last = std::to_string(i);
    config->nodes.push_back({NodeId{i}, names[i - 1], {"10.77.1." + last, "10.77.2." + last}});
    all.push_back(NodeId{i});
  }
  for (const char* name : {"ip", "web"}) {
    ResourceConfig resource;
    resource.name = ResourceName{name};
    resource.agent = "process";
    resource.nodes = all;
    config->resources[resource.name] = resource;
  }
  config->resources[ResourceName{"web"}].depends_on = {ResourceName{"ip"}};
  return config;
}

ResourceState state_of(const ClusterState& state, std::uint32_t node, const char* resource) {
  const auto& resources = state.nodes.at(NodeId{node}).facts.resources;
  const auto found = resources.find(ResourceName{resource});
  return found == resources.end() ? ResourceState::unknown : found->second.state;
}

}  // namespace holdfast::testing_doubles
