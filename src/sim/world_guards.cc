// What guards do to the simulated machines: fencing, resets, watchdogs (G3, G4, F4).
#include "base/format.h"
#include "core/local/watchdog.h"
#include "sim/world.h"

namespace holdfast::sim {

namespace {
constexpr Micros look_interval{100000};
constexpr Micros reboot_time{20000000};
}  // namespace

Power World::power_of(NodeId node) {
  return {[this](NodeId target) { fence(target); }, [this](NodeId target) { return machine(target).powered; },
          [this, life = machine(node).boots](NodeId self, ResetHow how) {
            if (machine(self).boots == life) reset(self, how);
          }};
}

void World::fence(NodeId node) {
  ++machine(node).fenced;
  if (!machine(node).powered) return;
  happened(node, "a fence agent powers it off");
  crash(node);
}

void World::reset(NodeId node, ResetHow how) {
  if (!machine(node).powered) return;
  ++machine(node).resets;
  happened(node, how == ResetHow::reboot ? "resets itself" : "switches itself off");
  crash(node);
  if (how == ResetHow::halt) return;
  scheduler_.after(reboot_time, nullptr, [this, node, boots = machine(node).boots] {
    if (machine(node).boots == boots) boot(node);
  });
}

void World::look_at_guards() {
  const bool marks = guards_.uses_marks();
  const bool watchdogs = !settings_.config->watchdog.device.empty();
  looking_ = marks || watchdogs;
  if (!looking_) return;
  guards_.look();
  if (watchdogs)
    for (const NodeConfig& node : config().nodes) look_at_watchdog(node.id);
  scheduler_.after(look_interval, nullptr, [this] { look_at_guards(); });
}

/// The daemon feeds as core/local/watchdog.h allows; the hardware counts on.
void World::look_at_watchdog(NodeId node) {
  Machine& m = machine(node);
  if (!m.powered || !guards_.watchdog_works(node)) return;
  const bool lives = m.daemon && !m.owner->paused();
  if (lives && (!m.fed || m.daemon->node().feeding() == core::Feeding::yes)) m.fed = now();
  if (!m.fed || now() - *m.fed <= core::device_timeout(config())) return;
  m.fed.reset();
  happened(node, "its watchdog resets it");
  reset(node, ResetHow::reboot);
}

std::string World::unrest_of_losses(NodeId node) const {
  const ClusterState& state = machine(node).daemon->node().state();
  const auto& witness = state.nodes.at(node).facts.witness;
  const QuorumKind kind = state.config->quorum.kind;
  if (!SimGuards::witness_names(kind).empty() && (!witness || witness->epoch != state.epoch || witness->kind != kind))
    return format("the witness has not answered {} yet", config().name_of(node));
  for (const auto& [id, other] : state.nodes)
    if (other.standing == Standing::failed && other.loss.isolation == Isolation::running)
      return format("{} is being fenced", config().name_of(id));
  return {};
}

}  // namespace holdfast::sim
