#include "simulate/world_play.h"

#include <algorithm>

#include "base/format.h"
#include "core/step.h"
#include "model/names.h"
#include "sim/scenario/player.h"

namespace holdfast::simulate {

namespace {

/// What a node's daemon would find on its disk: the intents and the last facts of all others (O1).
DurableState kept_by(const Present& present, NodeId node) {
  const NodeState& known = present.state.nodes.at(node);
  return core::make_durable(present.state, node, std::max<std::uint64_t>(known.facts.incarnation, 1),
                            sim::boot_name(node, 1));
}

std::vector<ResourceName> running_on(const Present& present, NodeId node) {
  std::vector<ResourceName> names;
  for (const auto& [name, fact] : present.state.nodes.at(node).facts.resources)
    if (fact.state == ResourceState::in_service) names.push_back(name);
  return names;
}

/// Keeps what happens as lines and outages, from the first command on.
class Watch final : public sim::WorldObserver {
 public:
  Watch(const sim::World& world, const Present& present) : world_(world), present_(present) {}

  void begin() {
    begun_ = true;
    begin_ = world_.now();
    for (auto& [name, run] : runs_) {
      run.was_in_service = run.count > 0;
      run.longest = Micros{0};
    }
  }

  void on_step(NodeId node, const Event&, const Outcome& outcome, const ClusterState& state) override {
    if (!begun_ || state.epoch.leader != node) return;
    for (const Decision& d : outcome.decisions) {
      if (d.severity == Severity::info) continue;
      std::string text = d.reason.text;
      for (const Rejected& r : d.reason.rejected)
        text += format("; not {}: {}", world_.config().name_of(r.node), r.why);
      story.push_back({at(), d.node, d.resource, d.reason.rule, std::move(text), d.severity});
    }
  }
  void on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                        const OperationResult& result) override {
    const bool looks = kind == OperationKind::monitor || kind == OperationKind::probe;
    if (!begun_ || (looks && result.outcome == OperationOutcome::done)) return;
    const bool done = result.outcome == OperationOutcome::done;
    story.push_back({at(),
                     node,
                     resource,
                     {},
                     format("{} is {}", name_of(kind), name_of(result.outcome)),
                     done ? Severity::notify : Severity::error});
  }
  void on_happening(NodeId node, const std::string& what) override {
    if (begun_) story.push_back({at(), node, {}, {}, what, Severity::warning});
  }
  void on_running(NodeId node, const ResourceName& resource, bool running, const char* why) override {
    Run& run = runs_[resource];
    run.count += running ? 1 : -1;
    run.twice = run.twice || (begun_ && run.count > 1);
    if (run.count == 0) run.down_since = world_.now();
    if (running && run.count == 1 && begun_) run.longest = std::max(run.longest, world_.now() - run.down_since);
    if (begun_ && !running && std::string_view(why) == "died")
      story.push_back({at(), node, resource, {}, "it died", Severity::error});
  }

  ResourceAnswer answer(const ResourceName& name) const {
    ResourceAnswer answer;
    answer.name = name;
    for (const NodeConfig& n : world_.config().nodes) {
      const auto& facts = present_.state.nodes.at(n.id).facts.resources;
      const auto fact = facts.find(name);
      if (fact != facts.end() && fact->second.state == ResourceState::in_service &&
          present_.state.nodes.at(n.id).standing == Standing::member)
        answer.before.push_back(n.id);
    }
    answer.after = world_.services().where(name);
    const auto run = runs_.find(name);
    if (run == runs_.end()) return answer;
    answer.twice = run->second.twice;
    answer.never_comes_back = run->second.was_in_service && answer.after.empty();
    if (run->second.was_in_service && !answer.never_comes_back) answer.outage = run->second.longest;
    return answer;
  }

  std::vector<StoryLine> story;

 private:
  struct Run {
    int count = 0;
    bool was_in_service = false;
    bool twice = false;
    Instant down_since;
    Micros longest{0};
  };
  Micros at() const { return world_.now() - begin_; }

  const sim::World& world_;
  const Present& present_;
  bool begun_ = false;
  Instant begin_;
  std::map<ResourceName, Run> runs_;
};

Result<Rehearsal> play(const Present& present, const std::string& commands, Case which) {
  const Result<sim::Scenario> scenario = sim::parse_commands(commands, world_of(present, which));
  if (!scenario) return tl::unexpected(scenario.error());
  sim::Player player(*scenario, {.keep_record = true, .keep_story = false});
  Watch watch(player.world(), present);
  player.world().observe(watch);
  if (const auto wrong = player.begin()) return failure(*wrong);
  Rehearsal rehearsal;
  for (std::string& text : differences(player.world(), present)) rehearsal.warnings.push_back({"", std::move(text)});
  watch.begin();
  if (const auto wrong = player.play()) return failure(*wrong);
  for (const auto& [name, resource] : present.config->resources) rehearsal.resources.push_back(watch.answer(name));
  rehearsal.came_to_rest = player.world().unrest().empty();
  rehearsal.story = std::move(watch.story);
  return rehearsal;
}

}  // namespace

sim::WorldSettings world_of(const Present& present, Case which) {
  sim::WorldSettings world;
  world.config = present.config;
  for (const auto& [name, resource] : present.config->resources) {
    const auto time = [&present, &name = name, which](OperationKind kind) {
      return present.durations.of(name, kind).in(which);
    };
    world.times[name] = {time(OperationKind::start), time(OperationKind::stop), time(OperationKind::recover),
                         Micros{5000}};
  }
  for (const auto& [id, node] : present.state.nodes) {
    const bool member = node.standing == Standing::member;
    sim::Beginning beginning{member, {}, kept_by(present, id)};
    if (member || node.standing == Standing::left) beginning.running = running_on(present, id);
    world.beginning[id] = std::move(beginning);
  }
  return world;
}

std::vector<std::string> differences(const sim::World& world, const Present& present) {
  std::vector<std::string> found;
  const ClusterConfig& config = *present.config;
  for (const auto& [id, node] : present.state.nodes) {
    const bool member = node.standing == Standing::member;
    const runtime::Node* daemon = world.daemon(id);
    if (member != (daemon != nullptr && daemon->synced()))
      found.push_back(format("before any fault: {} is {} member, the simulated one is {}", config.name_of(id),
                             member ? "a" : "no", member ? "not" : "one"));
    if (member && daemon != nullptr && daemon->state().members != present.state.members)
      found.push_back(format("before any fault: {} is in another view than the real one", config.name_of(id)));
    for (const auto& [name, resource] : config.resources) {
      const auto fact = node.facts.resources.find(name);
      const bool runs = (member || node.standing == Standing::left) && fact != node.facts.resources.end() &&
                        fact->second.state == ResourceState::in_service;
      if (runs != world.services().running(id, name))
        found.push_back(format("before any fault: {} {} on {}, and {} in the simulation", name.value,
                               runs ? "is in service" : "is not in service", config.name_of(id),
                               runs ? "is not" : "is"));
    }
  }
  return found;
}

Result<Rehearsal> play_scenario(const Present& present, const std::string& commands) {
  Result<Rehearsal> expected = play(present, commands, Case::expected);
  if (!expected) return expected;
  const Result<Rehearsal> worst = play(present, commands, Case::worst);
  if (!worst) return worst;
  for (std::size_t i = 0; i < expected->resources.size(); ++i) {
    ResourceAnswer& answer = expected->resources[i];
    const ResourceAnswer& slow = worst->resources[i];
    answer.twice = answer.twice || slow.twice;
    answer.never_comes_back = answer.never_comes_back || slow.never_comes_back;
    if (answer.never_comes_back) answer.outage.reset();
    if (answer.outage) answer.worst_outage = std::max(*answer.outage, slow.outage.value_or(Micros{0}));
  }
  for (const StoryLine& line : expected->story)
    if (!line.rule.empty() && (line.severity == Severity::warning || line.severity == Severity::error))
      expected->warnings.push_back({line.rule, line.text});
  return expected;
}

}  // namespace holdfast::simulate
