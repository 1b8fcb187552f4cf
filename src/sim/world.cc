#include "sim/world.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace holdfast::sim {

namespace {

constexpr std::size_t journal_segment = 32 * 1024;  ///< small, so that runs have several

WorldSettings complete(WorldSettings settings) {
  if (!settings.everything) settings.everything = settings.config;
  return settings;
}

/// What was written last has not all come to the disk.
void tear_journal(SimDisk& disk) {
  constexpr std::size_t torn = 7;
  if (disk.journal.empty()) return;
  std::string& segment = disk.journal.back();
  segment.resize(segment.size() - std::min(segment.size(), torn));
}

}  // namespace

std::string boot_name(NodeId node, std::uint32_t boots) { return format("boot-{}-{}", node.value, boots); }

World::World(WorldSettings settings)
    : settings_(complete(std::move(settings))),
      random_(settings_.seed),
      network_(settings_.everything->nodes.size(), settings_.everything->nodes.front().links.size()),
      rings_(scheduler_, network_, settings_.weather, random_.next()),
      links_(scheduler_, network_, rings_, random_.next(),
             [this](NodeId node, std::vector<LinkSample> samples) {
               if (machine(node).daemon) machine(node).daemon->engine().deliver_links(std::move(samples));
             }),
      side_channels_(scheduler_, network_, settings_.seed ^ 0x51de),
      services_(scheduler_, network_, *settings_.everything, settings_.times, random_.next()),
      guards_(scheduler_, network_, *settings_.everything,
              {[this](NodeId n) { return machine(n).daemon && !machine(n).owner->paused(); },
               [this](NodeId a, NodeId b) { return rings_.together(a, b); }}),
      machines_(settings_.everything->nodes.size()) {
  network_.use_links(settings_.config->nodes.front().links.size());
  guards_.use(settings_.config->quorum.kind, settings_.config->nodes.size());
  const Detection& detection = settings_.config->detection;
  rings_.token = detection.token;
  rings_.observer = this;
  network_.limit = rings_.token / 2;
  links_.interval = detection.link_interval;
  links_.timeout = detection.link_timeout;
  side_channels_.silence = std::max<Micros>(side_channels_.silence, Micros{detection.token} * 2);
  side_channels_.network_changed = [this] { network_changed(); };
  services_.observer = this;
  services_.answers_network = [this](NodeId node) { return machine(node).powered && !machine(node).paused; };
  look_at_guards();
}

World::~World() {
  observers_.clear();
  for (Machine& m : machines_) m.daemon.reset();
}

void World::network_changed() {
  touch();
  rings_.reassess();
  paths_changed();
}

void World::paths_changed() {
  links_.reassess();
  side_channels_.reassess();
}

void World::happened(NodeId node, const std::string& what) {
  touch();
  for (WorldObserver* o : observers_) o->on_happening(node, what);
}

const runtime::Node* World::daemon(NodeId node) const {
  const auto& daemon = machine(node).daemon;
  return daemon ? &daemon->node() : nullptr;
}

void World::begin() {
  for (const NodeConfig& node : first_config().nodes) {
    const auto given = settings_.beginning.find(node.id);
    if (given == settings_.beginning.end()) {
      if (settings_.beginning.empty()) boot(node.id);
      continue;
    }
    machine(node.id).disk.kept = given->second.kept;
    if (!given->second.up && given->second.running.empty()) continue;
    power_on(node.id);
    for (const ResourceName& name : given->second.running) services_.place(node.id, name);
  }
  for (const auto& [node, given] : settings_.beginning)
    if (given.up) boot(node);
}

void World::power_on(NodeId node) {
  Machine& m = machine(node);
  if (m.powered) return;
  m.powered = true;
  ++m.boots;
  services_.power_on(node);
  happened(node, "power on");
}

void World::boot(NodeId node) {
  power_on(node);
  if (!machine(node).daemon && !machine(node).paused) start_daemon(node);
}

void World::start_daemon(NodeId node) {
  Machine& m = machine(node);
  m.daemon_returns = false;
  const std::shared_ptr<const ClusterConfig> config = config_for(node);
  if (config->node(node) == nullptr || was_removed(node))
    return happened(node, "its daemon does not start: the node is not configured");
  if (config->nodes.size() < 3) network_.shut_out(node, {});  // no channel begins that would (daemon/second_way.cc)
  lives_.push_back(std::make_unique<Owner>());
  m.owner = lives_.back().get();
  runtime::NodeSettings settings;
  settings.self = node;
  settings.config = config;
  settings.boot = boot_name(node, m.boots);
  settings.alive_interval = settings_.alive_interval;
  settings.alive_limit = 5 * settings_.alive_interval;
  settings.stall_tick = settings_.stall_tick;
  settings.journal_segment = journal_segment;
  if (const auto older = settings_.speech.find(node); older != settings_.speech.end()) settings.speech = older->second;
  happened(node, "daemon starts");
  const SimDaemon::Surroundings around{scheduler_,
                                       *m.owner,
                                       rings_,
                                       side_channels_,
                                       services_,
                                       m.disk,
                                       m.wall_clock_wrong,
                                       settings_.weather.slowest_write,
                                       processes_,
                                       *this,
                                       guards_,
                                       power_of(node),
                                       journals_};
  const Micros offset{1000000 * static_cast<std::int64_t>(1000 * node.value)};
  m.daemon = std::make_unique<SimDaemon>(around, settings, offset, random_.next());
  if (!rings_.running(node)) {
    rings_.start_engine(node);
    links_.forget(node);
  }
  m.daemon->node().start();
  look_for_later_config(node);
  paths_changed();
  links_.look_closely(node);
}

void World::end_daemon(NodeId node) {
  Machine& m = machine(node);
  if (!m.daemon) return;
  scheduler_.end(*m.owner);
  m.daemon.reset();
  m.daemon_paused = false;
  m.engine_returns = false;  // the next daemon starts it
}

void World::crash(NodeId node) {
  Machine& m = machine(node);
  if (!m.powered) return;
  happened(node, "power off");
  network_.shut_out(node, {});
  rings_.kill_engine(node);
  if (m.paused) rings_.resume_engine(node);
  end_daemon(node);
  services_.power_off(node);
  m.powered = m.paused = m.daemon_returns = m.engine_returns = false;
  m.fed.reset();
  tear_journal(m.disk);
  paths_changed();
}

void World::leave(NodeId node) {
  Machine& m = machine(node);
  if (!m.daemon) return;
  happened(node, "leaves in order");
  m.fed.reset();  // G4: who leaves in order disarms its watchdog
  m.daemon->node().leave([this, node, life = m.owner] {
    scheduler_.after(Micros{0}, life, [this, node] {
      rings_.kill_engine(node, Rings::Leave::in_order);
      end_daemon(node);
      paths_changed();
      happened(node, "daemon ended");
    });
  });
}

void World::kill_daemon(NodeId node) {
  Machine& m = machine(node);
  if (!m.daemon) return;
  happened(node, "daemon killed");
  end_daemon(node);
  restart_daemon_later(node);
}

void World::restart_daemon_later(NodeId node) {
  if (!settings_.daemon_restart) return;
  machine(node).daemon_returns = true;
  scheduler_.after(*settings_.daemon_restart, nullptr, [this, node, boots = machine(node).boots] {
    Machine& m = machine(node);
    if (!m.powered || m.boots != boots || m.daemon || !m.daemon_returns) return;
    if (m.paused) return restart_daemon_later(node);
    start_daemon(node);
  });
}

void World::kill_engine(NodeId node) {
  Machine& m = machine(node);
  if (!rings_.running(node)) return;
  happened(node, "engine killed");
  rings_.kill_engine(node);
  paths_changed();
  if (!m.daemon) return;  // the next daemon starts it
  m.daemon->engine().lose_engine();
  restart_engine_later(node);
}

void World::restart_engine_later(NodeId node) {
  machine(node).engine_returns = true;
  scheduler_.after(Micros{random_.between(300000, 1000000)}, nullptr, [this, node, life = machine(node).owner] {
    Machine& m = machine(node);
    if (!m.daemon || m.owner != life) return;
    if (m.owner->paused()) return restart_engine_later(node);
    m.engine_returns = false;
    if (rings_.running(node)) return;
    rings_.start_engine(node);
    links_.forget(node);
    paths_changed();
    m.daemon->engine().engine_is_back();
  });
}

void World::pause_node(NodeId node, Micros time) {
  Machine& m = machine(node);
  if (!m.powered || m.paused) return;
  m.paused = true;
  m.paused_since = now();
  if (m.daemon) scheduler_.pause(*m.owner);
  services_.pause(node);
  rings_.pause_engine(node);
  paths_changed();
  happened(node, "stands still");
  scheduler_.after(time, nullptr, [this, node, boots = m.boots, since = m.paused_since] {
    if (machine(node).paused && machine(node).boots == boots && machine(node).paused_since == since) wake(node);
  });
}

void World::wake(NodeId node) {
  Machine& m = machine(node);
  m.paused = false;
  happened(node, "goes on");
  services_.resume(node);
  if (m.daemon && !m.daemon_paused) scheduler_.resume(*m.owner);
  rings_.resume_engine(node);
  paths_changed();
  links_.overslept(node, now() - m.paused_since);
}

void World::pause_daemon(NodeId node, Micros time) {
  Machine& m = machine(node);
  if (!m.daemon || m.daemon_paused || m.paused) return;
  m.daemon_paused = true;
  scheduler_.pause(*m.owner);
  side_channels_.reassess();
  happened(node, "daemon stands still");
  scheduler_.after(time, nullptr, [this, node, life = m.owner] {
    if (machine(node).daemon && machine(node).owner == life) wake_daemon(node);
  });
}

void World::wake_daemon(NodeId node) {
  Machine& m = machine(node);
  m.daemon_paused = false;
  if (m.paused) return;
  happened(node, "daemon goes on");
  scheduler_.resume(*m.owner);
  side_channels_.reassess();
  links_.look_closely(node);
}

void World::step_clock(NodeId node, Micros wrong) {
  machine(node).wall_clock_wrong = wrong;
  happened(node, format("wall clock wrong by {} s", wrong.count() / 1000000));
}

void World::set_disk(NodeId node, DiskHealth health) { machine(node).disk.health = health; }

}  // namespace holdfast::sim
